package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// cgroupOf is what a process's cgroup tells: the service manager's unit, the container.
func cgroupOf(pid int) (unit string, in *Container) {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cgroup"))
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path (cgroups(7))
		if len(fields) == 3 && (fields[1] == "" || fields[1] == "name=systemd") {
			return readCgroup(fields[2])
		}
	}
	return "", nil
}

// mostCgroups bounds a walk.
const mostCgroups = 20_000

// socketUnits are the units of sockets whose programs may not be seen, by the number of the cgroup that made them: it is that of
// the cgroup's folder, which everybody may list.
func socketUnits(all []seen, holders map[uint64][]Process) map[uint64]string {
	out := map[uint64]string{}
	missing := map[uint64]bool{}
	for _, s := range all {
		if s.State == Waiting && s.cgroup > 1 && len(holders[s.inode]) == 0 { // 1 is the root's
			missing[s.cgroup] = true
		}
	}
	if len(missing) == 0 {
		return out
	}
	const root = "/sys/fs/cgroup"
	visited := 0
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir
		}
		if !d.IsDir() {
			return nil
		}
		if visited++; visited > mostCgroups || len(missing) == 0 {
			return fs.SkipAll
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && missing[stat.Ino] {
			out[stat.Ino], _ = readCgroup(strings.TrimPrefix(path, root))
			delete(missing, stat.Ino)
		}
		return nil
	})
	return out
}
