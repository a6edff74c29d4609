package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// version is the major version that wrote the data, 0 for no data yet.
func (p *place) version() (int, error) {
	text, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, explainFile(err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION is damaged: restore the directory from a backup", p.data())
	}
	return major, nil
}

// ready returns the programs that fit the cluster, which it makes if there is none.
func (p *place) ready() (binaries, error) {
	major, err := p.version()
	if err != nil {
		return binaries{}, err
	}
	bin, err := findBinaries(major)
	if err != nil {
		return bin, err
	}
	if major == 0 {
		return bin, p.initialize(bin)
	}
	if uid, _ := ownerOf(p.data()); uid != p.account.uid { // copied by root
		return bin, p.giveAll()
	}
	return bin, nil
}

// initialize makes the cluster beside its final name, so that a process killed
// half-way leaves nothing that looks like a cluster.
func (p *place) initialize(bin binaries) error {
	fresh := filepath.Join(p.dir, "data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return explainFile(err)
	}
	if err := p.ownDir(fresh); err != nil {
		return err
	}
	args := append([]string{
		"-D", fresh, "-U", owner, "--encoding=UTF8", "--lc-messages=C", "--data-checksums",
		"--auth-local=peer", "--auth-host=reject", "--no-instructions",
	}, locale(bin.major)...)
	if out, err := p.command(bin.path("initdb"), args...).CombinedOutput(); err != nil {
		_ = os.RemoveAll(fresh)
		if len(out) == 0 {
			return fmt.Errorf("initdb: %w: user %s must be able to run %s", err, p.account.name, bin.path("initdb"))
		}
		return explainOutput("initdb", string(out), "the lines above")
	}
	return explainFile(os.Rename(fresh, p.data()))
}

// locale sorts by code point and knows the letters of every script. The
// builtin provider does not change with the machine's C library.
func locale(major int) []string {
	if major >= 17 {
		return []string{"--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	}
	return []string{"--locale=C.UTF-8"}
}

func (p *place) giveAll() error {
	return filepath.WalkDir(p.data(), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return explainFile(err)
		}
		return explainFile(p.account.give(path))
	})
}

// command prepares a server program: the server user's rights, a clean
// environment (no PG* variables of the caller), messages in English.
func (p *place) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "LC_ALL=C.UTF-8", "LC_MESSAGES=C", "TZ=UTC"}
	cmd.SysProcAttr = p.account.attributes()
	return cmd
}
