package storetest

import (
	"os/exec"
	"path/filepath"
	"syscall"
)

// stopAfter leaves a small shell behind that stops the server when this
// process has ended, however it ended, unless another one uses it. A test
// binary has no other place for that: only TestMain runs after the last test.
// Where the shell lacks flock(1) the server stays and the next run adopts it.
func stopAfter(state string) {
	cmd := exec.Command("sh", "-c", `cat >/dev/null
exec flock "$1/postgres.start.lock" flock -n "$1/postgres.members.lock" sh -c '
  kill -INT "$(head -n 1 "$1/postgres/data/postmaster.pid")" 2>/dev/null
  for i in $(seq 200); do [ -e "$1/postgres/data/postmaster.pid" ] || exit 0; sleep 0.05; done
' sh "$1"`, "sh", filepath.Clean(state))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	if err := cmd.Start(); err == nil {
		lifeline = stdin
	}
}

// lifeline is the pipe that the kernel closes when this process ends.
var lifeline interface{ Close() error }
