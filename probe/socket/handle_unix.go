//go:build unix && (!linux || whyport_portable)

package socket

import (
	"net"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// handle is a duplicate of the dialer's descriptor.
type handle int

const (
	noHandle     handle = -1
	maxSegOption        = unix.TCP_MAXSEG
)

// duplicate is noHandle where there are no descriptors left: then there are fewer facts.
func duplicate(fd uintptr) handle {
	h, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return noHandle
	}
	return handle(h)
}

func (h handle) close() {
	if h != noHandle {
		unix.Close(int(h))
	}
}

// source is the zero value where the system has forgotten it after the failure.
func (h handle) source() netip.AddrPort {
	sa, err := unix.Getsockname(int(h))
	if err != nil {
		return netip.AddrPort{}
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		a := netip.AddrFrom16(sa.Addr)
		if i, err := net.InterfaceByIndex(int(sa.ZoneId)); err == nil {
			a = a.WithZone(i.Name)
		} else if sa.ZoneId != 0 {
			a = a.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(a, uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// connection is that of a socket which has been connected although its dialer has given up; nil if it was not.
func (h handle) connection() net.Conn {
	if _, err := unix.Getpeername(int(h)); err != nil {
		return nil
	}
	fd := duplicate(uintptr(h))
	if fd == noHandle {
		return nil
	}
	f := os.NewFile(uintptr(fd), "tcp")
	defer f.Close()
	conn, err := net.FileConn(f) // with a descriptor of its own
	if err != nil {
		return nil
	}
	return conn
}

func setOption(fd uintptr, level, option, value int) error {
	return unix.SetsockoptInt(int(fd), level, option, value)
}

func prepareTCP(uintptr) {}

func reportErrors(net.Conn) {}
