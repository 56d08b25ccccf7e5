//go:build linux && !whyport_portable

package socket

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// whole forbids routers to break datagrams up, and the kernel to keep to what it knows of the path (ip(7), IP_PMTUDISC_PROBE).
func whole(fd int, v4 bool) {
	if v4 {
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
		return
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_PROBE)
}

// timestamps is TCPI_OPT_TIMESTAMPS; the option takes 12 bytes of each segment (RFC 7323, appendix A).
const timestamps = 1

// SendingOf says how a connection sends; false: it does not tell.
func SendingOf(c net.Conn) (s Sending, is bool) {
	sc, can := c.(syscall.Conn)
	if !can {
		return s, false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return s, false
	}
	err = raw.Control(func(fd uintptr) {
		i, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		left, failed := unix.IoctlGetInt(int(fd), unix.SIOCOUTQ)
		if is = err == nil && failed == nil; !is {
			return
		}
		s = Sending{Segment: int(i.Snd_mss), Unacknowledged: left, Headers: 40}
		if i.Options&timestamps != 0 {
			s.Headers += 12
		}
		if domain, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil && domain == unix.AF_INET6 {
			s.Headers += 20
		}
	})
	return s, is && err == nil
}

// Sizes says whether the system sends packets of a given size, and tells what became of them.
const Sizes = "yes"
