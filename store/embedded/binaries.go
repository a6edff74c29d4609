package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minMajor is the oldest PostgreSQL the hub works with.
const minMajor = 15

// binaries is a directory with the programs of one PostgreSQL version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

// findBinaries returns the server of the wanted major version, or for want 0
// the first that is new enough, in the order of candidates.
func findBinaries(want int) (binaries, error) {
	var seen []string
	for _, dir := range candidates() {
		b, err := inspect(dir)
		if err != nil {
			continue
		}
		if b.major == want || want == 0 && b.major >= minMajor {
			return b, nil
		}
		seen = append(seen, fmt.Sprintf("%d in %s", b.major, dir))
	}
	return binaries{}, missing(want, seen)
}

func missing(want int, seen []string) error {
	switch {
	case want != 0 && len(seen) > 0:
		return fmt.Errorf("the data were written by PostgreSQL %d, found is %s: "+
			"install that version (Debian, Ubuntu: apt-get install postgresql-%d), or move the data with pg_upgrade",
			want, strings.Join(seen, ", "), want)
	case len(seen) > 0:
		return fmt.Errorf("%w in version %d or later, found is %s: %s", ErrMissing, minMajor, strings.Join(seen, ", "), howToInstall)
	}
	return fmt.Errorf("%w (looked in KARTOTEKA_POSTGRES_BIN, PATH, pg_config --bindir, /usr/lib/postgresql/*/bin): %s",
		ErrMissing, howToInstall)
}

const howToInstall = "install it (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; " +
	"macOS: brew install postgresql@17), name its folder in KARTOTEKA_POSTGRES_BIN, " +
	"or name a running server in KARTOTEKA_DATABASE_URL"

// candidates lists the directories worth looking at, the most deliberate choice first.
func candidates() []string {
	if dir := os.Getenv("KARTOTEKA_POSTGRES_BIN"); dir != "" {
		return []string{dir}
	}
	var dirs []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, resolved(dir))
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return append(dirs, installed()...)
}

// resolved is the folder where the postgres of a PATH entry really lies:
// distributions put only links to some of the programs into PATH.
func resolved(dir string) string {
	path, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
	if err != nil {
		return dir
	}
	return filepath.Dir(path)
}

// installed lists the usual places of packages, newest version first.
func installed() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		found, _ := filepath.Glob(pattern)
		slices.SortFunc(found, func(a, b string) int { return firstNumber(b) - firstNumber(a) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var number = regexp.MustCompile(`\d+`)

func firstNumber(s string) int {
	n, _ := strconv.Atoi(number.FindString(s))
	return n
}

// inspect asks the programs of a directory for their version.
func inspect(dir string) (binaries, error) {
	b := binaries{dir: dir}
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(b.path(name)); err != nil {
			return b, err
		}
	}
	out, err := exec.Command(b.path("postgres"), "--version").Output()
	if err != nil {
		return b, err
	}
	b.major = firstNumber(string(out))
	return b, nil
}
