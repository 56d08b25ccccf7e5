//go:build unix

package outfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// Nowhere reports that f may stand for a stream that was closed when the program began: Go's runtime puts the null device, open
// for reading and writing, in its place (checkfds in runtime/fds_unix.go). A shell's >/dev/null is for writing alone. Some
// programs open the null device in the same way for what they start, as Python's DEVNULL does: the two can't be told apart.
func Nowhere(f *os.File) bool {
	info, err := f.Stat()
	null, nullErr := os.Stat(os.DevNull)
	if err != nil || nullErr != nil || !os.SameFile(info, null) {
		return false
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE == unix.O_RDWR
}
