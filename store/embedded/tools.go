package embedded

import (
	"fmt"
	"os"
)

// Tool finds a client program, such as pg_dump, that understands a server of a major version. The
// error names the command that installs it.
func Tool(name string, major int) (string, error) {
	for _, dir := range candidates() {
		b, err := inspect(dir)
		if err != nil || b.major < major {
			continue
		}
		if _, err := os.Stat(b.path(name)); err == nil {
			return b.path(name), nil
		}
	}
	return "", fmt.Errorf("%w: %s of version %d or later was not found: install it (Debian, Ubuntu: apt-get install postgresql-client-%d)", ErrMissing, name, major, major)
}
