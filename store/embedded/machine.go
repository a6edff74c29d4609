package embedded

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// resources is what the machine, or the container, has to give.
type resources struct {
	memory   int64 // bytes
	disk     int64 // bytes free where the cluster lies
	smallShm bool  // /dev/shm is too small for parallel queries, as in a container
}

func machine(dir string) resources {
	shm, known := free("/dev/shm")
	disk, ok := free(dir)
	if !ok {
		disk = 64 << 30
	}
	return resources{memory: memory(), disk: disk, smallShm: known && shm < 1<<30}
}

// memory is the smaller of what the machine has and what the container may use; 4 GiB if unknown.
func memory() int64 {
	total := int64(4 << 30)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := strings.Fields(string(text)); len(f) > 1 { // "MemTotal: N kB"
			if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				total = kb << 10
			}
		}
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if text, err := os.ReadFile(file); err == nil {
			if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 {
				total = min(total, limit)
			}
		}
	}
	return total
}

func free(dir string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true //nolint:unconvert // the types differ between systems
}
