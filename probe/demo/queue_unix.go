//go:build unix

package demo

import (
	"net"
	"syscall"
)

// shortQueue makes the listener's queue as short as the system allows: listen(2) may be called again.
func shortQueue(l *net.TCPListener) {
	if raw, err := l.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) { syscall.Listen(int(fd), 0) })
	}
}
