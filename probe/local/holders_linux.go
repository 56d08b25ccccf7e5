package local

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// initialPIDs is what the namespace of all processes is called (include/linux/proc_ns.h, PROC_PID_INIT_INO).
const initialPIDs = "pid:[4026531836]"

// name finds the programs of sockets: those whose open files this user may see.
func name(ctx context.Context, all []seen) []Socket {
	wanted := map[uint64]bool{}
	for _, s := range all {
		wanted[s.inode] = s.inode != 0
	}
	holders, relays, complete := programs(ctx, wanted)
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	everything := complete && namespace == initialPIDs && ctx.Err() == nil
	units, users := socketUnits(all, holders), map[uint32]string{}
	out := make([]Socket, 0, len(all))
	for _, s := range all {
		if _, known := users[s.uid]; !known {
			users[s.uid] = userName(s.uid)
		}
		s.User, s.Holders = users[s.uid], holders[s.inode]
		if len(s.Holders) == 0 {
			s.Unit, s.Holders = units[s.cgroup], relayOf(&s.Socket, relays)
		} else {
			s.Unit, _ = cgroupOf(s.Holders[0].PID)
		}
		s.Kernel = s.State == Waiting && len(s.Holders) == 0 && everything
		out = append(out, s.Socket)
	}
	return out
}

// programs are those that have one of the sockets open, by the socket's number, and those that forward ports by their command
// line, which everybody may read. Complete: the open files of every process could be seen, which root may lack the right to, too.
func programs(ctx context.Context, wanted map[uint64]bool) (holders map[uint64][]Process, relays []Process, complete bool) {
	holders, complete = map[uint64][]Process{}, true
	folders, _ := os.ReadDir("/proc")
	for _, folder := range folders {
		pid, err := strconv.Atoi(folder.Name())
		if err != nil || ctx.Err() != nil {
			continue
		}
		open, err := socketsOf(pid, wanted)
		complete = complete && !errors.Is(err, fs.ErrPermission)
		comm, _ := os.ReadFile(filepath.Join("/proc", folder.Name(), "comm"))
		relay := forwards(strings.TrimSpace(string(comm)))
		if len(open) == 0 && !relay {
			continue
		}
		p := describe(ctx, pid)
		p.Stopped = stopped(pid)
		_, p.Container = cgroupOf(pid)
		if relay {
			p.Forwards = forwardOf(commandLine(pid))
			relays = append(relays, p)
		}
		for _, inode := range open {
			holders[inode] = append(holders[inode], p)
		}
	}
	return holders, relays, complete
}

// socketsOf are the wanted sockets that a process has open, each once; the error says why some may be missing.
func socketsOf(pid int, wanted map[uint64]bool) (out []uint64, err error) {
	folder := filepath.Join("/proc", strconv.Itoa(pid), "fd")
	files, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer files.Close()
	names, err := files.Readdirnames(-1)
	for _, n := range names {
		to, refused := os.Readlink(filepath.Join(folder, n))
		if errors.Is(refused, fs.ErrPermission) {
			return out, refused
		}
		number, ok := strings.CutPrefix(to, "socket:[")
		if !ok {
			continue
		}
		inode, bad := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64)
		if bad == nil && wanted[inode] && !slices.Contains(out, inode) {
			out = append(out, inode)
		}
	}
	return out, err
}

// stopped reads the letter of the state behind the name in parentheses (proc_pid_stat(5)): T by a signal, t by a debugger.
func stopped(pid int) bool {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	return len(fields) > 0 && strings.EqualFold(fields[0], "t")
}

func commandLine(pid int) []string {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	return strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
}

// userName is a user's, or its number where nobody names it.
func userName(uid uint32) string {
	number := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(number); err == nil {
		return u.Username
	}
	return number
}
