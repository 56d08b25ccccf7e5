//go:build linux && !whyport_portable

package socket

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawAddr is a sockaddr in the kernel's form, kept with its slot so that asking again costs nothing.
type rawAddr struct {
	family int
	length uint32
	bytes  [unix.SizeofSockaddrInet6]byte
}

func rawAddrOf(to netip.AddrPort) (r rawAddr) {
	if a := to.Addr(); a.Is4() {
		r.family, r.length = unix.AF_INET, unix.SizeofSockaddrInet4
		v4 := a.As4()
		copy(r.bytes[4:], v4[:])
	} else {
		r.family, r.length = unix.AF_INET6, unix.SizeofSockaddrInet6
		v6 := a.As16()
		copy(r.bytes[8:], v6[:])
		binary.NativeEndian.PutUint32(r.bytes[24:], zoneID(a.Zone()))
	}
	binary.NativeEndian.PutUint16(r.bytes[0:], uint16(r.family))
	binary.BigEndian.PutUint16(r.bytes[2:], to.Port())
	return r
}

// loopback reports 127.0.0.0/8 and ::1.
func (s *slot) loopback() bool {
	if s.to.family == unix.AF_INET {
		return s.to.bytes[4] == 127
	}
	return [16]byte(s.to.bytes[8:24]) == [16]byte{15: 1}
}

// connect is connect(2) as it is: it does not block on a non-blocking socket, so the scheduler need not
// know of it (RawSyscall), and nothing is allocated.
func (s *slot) connect() unix.Errno {
	_, _, errno := syscall.RawSyscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&s.to.bytes)), uintptr(s.to.length))
	return errno
}

// disconnect makes a connecting socket new (connect(2): AF_UNSPEC dissolves the association).
func (s *slot) disconnect() unix.Errno {
	var unspec [16]byte // sa_family AF_UNSPEC is 0
	_, _, errno := syscall.RawSyscall(unix.SYS_CONNECT, uintptr(s.fd), uintptr(unsafe.Pointer(&unspec)), uintptr(len(unspec)))
	return errno
}

// self reports a simultaneous open with itself: both names of the socket are the same.
func (s *slot) self() bool {
	local := localAddr(int(s.fd))
	peer, err := unix.Getpeername(int(s.fd))
	if err != nil {
		return false
	}
	switch p := peer.(type) {
	case *unix.SockaddrInet4:
		return int(local.Port()) == p.Port && local.Addr() == netip.AddrFrom4(p.Addr)
	case *unix.SockaddrInet6:
		return int(local.Port()) == p.Port && local.Addr().WithZone("") == netip.AddrFrom16(p.Addr)
	}
	return false
}
