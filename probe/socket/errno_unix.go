//go:build unix

package socket

import (
	"syscall"

	"golang.org/x/sys/unix"
)

func errnoName(errno syscall.Errno) string {
	if s := unix.ErrnoName(errno); s != "" {
		return s
	}
	return "EOTHER"
}
