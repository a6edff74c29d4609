package storetest

import (
	"io"
	"os/exec"
	"path/filepath"
	"syscall"
)

// stopAfter leaves a small shell behind that stops the server when this
// process has ended, however it ended, unless another one uses it. A test
// binary has no other place for that: only TestMain runs after the last test.
// Where the shell lacks flock(1) the server stays and the next run adopts it.
// The result is what the shell waits for; it must be kept, not closed.
func stopAfter(state string) io.Closer {
	cmd := exec.Command("sh", "-c", `cat >/dev/null
exec flock "$1/postgres.start.lock" flock -n "$1/postgres.members.lock" sh -c '
  kill -INT "$(head -n 1 "$1/postgres/data/postmaster.pid")" 2>/dev/null
  for i in $(seq 200); do [ -e "$1/postgres/data/postmaster.pid" ] || exit 0; sleep 0.05; done
' sh "$1"`, "sh", filepath.Clean(state))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe() // the kernel closes it when this process ends
	if err != nil || cmd.Start() != nil {
		return nil
	}
	return pipe
}
