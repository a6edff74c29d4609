package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
)

// explainFile adds the cure to an error of the file system.
func explainFile(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: free some space, or choose another place by --state or KARTOTEKA_STATE", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: user %s may not write there; choose another place by --state or KARTOTEKA_STATE",
			err, userName(os.Geteuid()))
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w: the state must be a directory; choose another place by --state or KARTOTEKA_STATE", err)
	}
	return err
}

// errLeftovers says that processes of a killed server still hold its memory.
var errLeftovers = errors.New("processes of the former server have not ended yet")

// errKilled says that the server did not end by itself.
var errKilled = errors.New("the server was killed while starting")

var leftovers = regexp.MustCompile(`pre-existing shared memory block|lock file ".*" already exists|Is another postmaster`)

var fatal = regexp.MustCompile(`(?m)(?:FATAL|PANIC|initdb: error|could not)[: ].*$`)

// explainOutput turns what a failed server program printed into one error.
func explainOutput(program, output, logFile string) error {
	reason := fatal.FindString(output)
	if reason == "" {
		reason = lastLine(output)
	}
	switch {
	case leftovers.MatchString(output):
		return fmt.Errorf("%w: %s", errLeftovers, reason)
	case strings.Contains(output, "No space left on device"), strings.Contains(output, "Disk quota exceeded"):
		return fmt.Errorf("%s: %s: the disk is full; free some space, or choose another place by --state", program, reason)
	case strings.Contains(output, "could not map anonymous shared memory"), strings.Contains(output, "Cannot allocate memory"):
		return fmt.Errorf("%s: %s: not enough memory; set shared_buffers lower in postgres/local.conf of the state directory",
			program, reason)
	case strings.Contains(output, "Permission denied"):
		return fmt.Errorf("%s: %s: the server's user may not go there; choose another place by --state", program, reason)
	}
	return fmt.Errorf("%s failed: %s (more in %s)", program, reason, logFile)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return "no message"
	}
	return s[strings.LastIndexByte(s, '\n')+1:]
}
