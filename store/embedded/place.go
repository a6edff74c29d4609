package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// place is where a cluster lies:
//
//	STATE/postgres/           root's or the user's own; a link if the server's user could not enter STATE
//	    data/                 the cluster, the server user's own
//	    run/                  the socket, the server user's own
//	    postgresql.conf ...   written anew at each start, read by the server
//	    local.conf            settings of the administrator, never written
//	    server.log
//
// Files that the hub writes stay outside the directories of the server's user,
// who could otherwise make root write through a link.
type place struct {
	dir     string
	account account
}

func (p *place) data() string    { return filepath.Join(p.dir, "data") }
func (p *place) logFile() string { return filepath.Join(p.dir, "server.log") }

// makeState creates the state directory and returns its real path.
func makeState(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", explainFile(err)
	}
	path, err := filepath.EvalSymlinks(abs)
	return path, explainFile(err)
}

// settle finds the place of the state directory's cluster, or makes it. Needs the start lock.
func settle(state string, log *slog.Logger) (*place, error) {
	link := filepath.Join(state, "postgres")
	dir, err := filepath.EvalSymlinks(link)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, explainFile(err)
	}
	if err != nil {
		if dir, err = makeDir(state, link, log); err != nil {
			return nil, err
		}
		if dir, err = filepath.EvalSymlinks(dir); err != nil {
			return nil, explainFile(err)
		}
	}
	p := &place{dir: dir}
	if p.account, err = serverAccount(p.data()); err != nil {
		return nil, err
	}
	return p, p.open(state)
}

// open lets the server's user into the directory (and into the state
// directory, which is the hub's own), but not others.
func (p *place) open(state string) error {
	if err := p.admit(state); err != nil {
		return err
	}
	if err := p.admit(p.dir); err != nil {
		return err
	}
	if blocked := p.account.blockedBy(p.dir); blocked != "" {
		return p.account.refused(blocked)
	}
	return nil
}

func (p *place) admit(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !p.account.drop || p.account.mayEnter(info) {
		return explainFile(err)
	}
	if err := os.Chown(dir, -1, p.account.gid); err != nil {
		return explainFile(err)
	}
	return explainFile(os.Chmod(dir, info.Mode().Perm()|0o010))
}

func (a account) refused(dir string) error {
	return fmt.Errorf("the server runs as user %s, who may not enter %s: choose a state directory elsewhere "+
		"(--state /var/lib/kartoteka), or allow it (chmod o+x %s)", a.name, dir, dir)
}

// makeDir makes the directory in the state directory, or where the server's
// user cannot reach that, elsewhere with a link to it.
func makeDir(state, link string, log *slog.Logger) (string, error) {
	if _, err := findBinaries(0); err != nil { // before anything is made
		return "", err
	}
	a, err := serverAccount(filepath.Join(link, "data"))
	if err != nil {
		return "", err
	}
	blocked := a.blockedBy(filepath.Dir(state))
	if blocked == "" {
		return link, explainFile(os.Mkdir(link, 0o700))
	}
	dir, err := elsewhere(state, a)
	if err != nil {
		return "", errors.Join(a.refused(blocked), err)
	}
	log.Warn("the server's user cannot enter the state directory; its data are kept elsewhere",
		"user", a.name, "blocked_by", blocked, "data", dir)
	_ = os.Remove(link) // a link whose target is gone
	return dir, explainFile(os.Symlink(dir, link))
}

// elsewhere makes a directory that the account can reach: for a state
// directory among temporary files there too, else with the hub's usual data.
// The name is never reused, so a new state directory cannot meet old data.
func elsewhere(state string, a account) (string, error) {
	base := "/var/lib/kartoteka/clusters"
	if tmp := os.TempDir(); strings.HasPrefix(state, tmp+"/") && a.blockedBy(tmp) == "" {
		base = tmp
	}
	if err := os.MkdirAll(base, 0o711); err != nil {
		return "", explainFile(err)
	}
	if blocked := a.blockedBy(base); blocked != "" {
		return "", a.refused(blocked)
	}
	dir, err := os.MkdirTemp(base, "kartoteka-"+short(state)+"-")
	return dir, explainFile(err)
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
