package confine

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// Rights by what they are for (landlock(7)).
const (
	read    landlock.AccessFSSet = unix.LANDLOCK_ACCESS_FS_READ_FILE
	list    landlock.AccessFSSet = unix.LANDLOCK_ACCESS_FS_READ_DIR
	replace landlock.AccessFSSet = unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE
	write   landlock.AccessFSSet = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// available asks the kernel for its version of Landlock.
func available() State {
	version, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if failed != 0 || version == 0 {
		return NoKernel
	}
	return prefix + State(strconv.Itoa(int(version)))
}

// begin denies opening, creating, removing and executing files beside what the needs say. Sockets stay as they are: any port of
// any address may be a target. So do ioctls, signals and sockets of other programs, by which names are looked up (nscd, SSSD).
//
// V3 has all that is denied; an older kernel denies less of it: V2 truncating, V1 moving files between folders, which it always does.
func begin(n Needs) error {
	_ = time.Local.String() // reads the time zone, wherever TZ says that it lies
	return landlock.Config{HandledAccessFS: landlock.V3.HandledAccessFS}.BestEffort().RestrictPaths(rules(n)...)
}

func rules(n Needs) (out []landlock.Rule) {
	named := slices.Concat(chosen(os.Getenv), n.Read)
	paths := slices.Concat(systemFolders(), outside(), named)
	for _, path := range named {
		paths = append(paths, linked(path)...)
	}
	for _, path := range paths {
		out = append(out, allow(path, read, read|list)...)
	}
	if r := n.Replace; r != nil {
		out = append(out, allow(filepath.Dir(r.To), 0, replace)...)
		out = append(out, allow(r.From, read|write, 0)...)
		out = append(out, allow(r.To, write, 0)...)
	}
	return out
}

// allow is the rule for a path that exists, with rights for a file or for a folder.
func allow(path string, file, folder landlock.AccessFSSet) []landlock.Rule {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	rights := file
	if info.IsDir() {
		rights = folder
	}
	if rights == 0 {
		return nil
	}
	return []landlock.Rule{landlock.PathAccess(rights, path).IgnoreIfMissing()}
}

// Way says what a test is confined by.
const Way = "Landlock, Linux 5.13 and later"
