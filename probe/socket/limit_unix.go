//go:build unix

package socket

import "golang.org/x/sys/unix"

// MaxDescriptors is how many files and sockets this process may have open. Go raises the soft limit to the hard
// one when it starts.
func MaxDescriptors() int {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 256
	}
	return int(min(uint64(l.Cur), 1<<20))
}
