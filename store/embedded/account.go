package embedded

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the operating system user that the server runs as.
type account struct {
	name     string
	uid, gid int
	drop     bool // this process is root and the server must not be
}

// serverAccount is the owner of an existing cluster; for a new one it is this
// user, or for root, as which PostgreSQL refuses to run, an unprivileged one.
func serverAccount(data string) (account, error) {
	self := os.Geteuid()
	holder, exists := ownerOf(data)
	switch {
	case self != 0 && exists && holder != self:
		return account{}, fmt.Errorf("%s belongs to user %s: run as that user or as root, or choose another --state",
			data, userName(holder))
	case self != 0:
		return account{name: userName(self), uid: self, gid: os.Getegid()}, nil
	case exists && holder != 0:
		return accountOf(strconv.Itoa(holder), user.LookupId)
	}
	return unprivileged()
}

func unprivileged() (account, error) {
	for _, name := range []string{"postgres", "nobody"} {
		if a, err := accountOf(name, user.Lookup); err == nil {
			return a, nil
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it: " +
		"create one (useradd --system postgres), or run as a plain user")
}

func accountOf(key string, lookup func(string) (*user.User, error)) (account, error) {
	u, err := lookup(key)
	if err != nil {
		return account{}, fmt.Errorf("the user that owns the data is not known to this machine: %w; "+
			"give the data to a user that is (chown -R)", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{name: u.Username, uid: uid, gid: gid, drop: true}, err
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

// attributes of a server process: a session of its own, so that a Ctrl-C in
// the terminal reaches the hub only, and the account's rights and no more.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}

// give makes the account the owner of a path.
func (a account) give(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// blockedBy returns the first directory on the way to path (path included)
// that the account may not enter, or "". It looks at modes, not at access lists.
func (a account) blockedBy(path string) string {
	if !a.drop {
		return ""
	}
	if parent := filepath.Dir(path); parent != path {
		if blocked := a.blockedBy(parent); blocked != "" {
			return blocked
		}
	}
	info, err := os.Stat(path)
	if err != nil || a.mayEnter(info) {
		return ""
	}
	return path
}

func (a account) mayEnter(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	mode := info.Mode().Perm()
	switch {
	case !ok:
		return true
	case int(st.Uid) == a.uid:
		return mode&0o100 != 0
	case int(st.Gid) == a.gid:
		return mode&0o010 != 0
	}
	return mode&0o001 != 0
}

// ownerOf is the user id of the owner of a path that exists.
func ownerOf(path string) (uid int, exists bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return os.Geteuid(), true
	}
	return int(st.Uid), true
}
