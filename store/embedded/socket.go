package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxSocket is the longest path of a unix socket: 108 bytes with the final
// zero on Linux, 104 on BSD and macOS; the shorter serves both.
const maxSocket = 103

func socketFile(dir string) string { return filepath.Join(dir, fmt.Sprintf(".s.PGSQL.%d", port)) }

// makeSocketDir makes the directory of the socket and returns its path: in
// the place itself, or where that path would be too long, a short one whose
// name is kept in the file socket.path.
func (p *place) makeSocketDir() (string, error) {
	dir := filepath.Join(p.dir, "run")
	if len(socketFile(dir)) <= maxSocket {
		return dir, p.ownDir(dir)
	}
	return p.shortSocketDir()
}

func (p *place) shortSocketDir() (string, error) {
	record := filepath.Join(p.dir, "socket.path")
	if kept, err := os.ReadFile(record); err == nil {
		if dir := strings.TrimSpace(string(kept)); p.ownDir(dir) == nil {
			return dir, nil
		}
	}
	dir := filepath.Join(p.shortBase(), "kartoteka-"+short(p.dir))
	if err := p.ownDir(dir); err != nil { // somebody else's: take a name nobody can guess
		if dir, err = os.MkdirTemp("/tmp", "kt"); err != nil {
			return "", explainFile(err)
		}
		if err := p.account.give(dir); err != nil {
			return "", explainFile(err)
		}
	}
	return dir, explainFile(os.WriteFile(record, []byte(dir+"\n"), 0o600))
}

// shortBase is the user's runtime directory; root's own would shut the server's user out.
func (p *place) shortBase() string {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if p.account.drop || dir == "" || len(dir) > maxSocket/2 {
		return "/tmp"
	}
	return dir
}

// ownDir makes a directory for the server's user alone, or accepts one that is.
func (p *place) ownDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return explainFile(p.account.give(dir))
	}
	info, statErr := os.Lstat(dir)
	if statErr != nil {
		return explainFile(err)
	}
	if uid, _ := ownerOf(dir); !info.IsDir() || uid != p.account.uid || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a private directory of user %s: remove it", dir, p.account.name)
	}
	return nil
}
