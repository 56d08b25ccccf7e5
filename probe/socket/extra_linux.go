//go:build !whyport_portable

package socket

import (
	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// protocolOf is that of a socket whose connections have the extra.
func protocolOf(r Request, kind int) int {
	if r.Extra == evidence.MPTCP && kind == unix.SOCK_STREAM {
		return unix.IPPROTO_MPTCP // Linux 5.6
	}
	return 0
}

// addExtra gives a socket what its SYN is to have. ECN comes with a congestion control that needs it, where everybody may choose
// that (tcp_allowed_congestion_control); tcp_ecn is the administrator's alone.
func addExtra(fd int, v4 bool, e evidence.Extra) error {
	switch {
	case e.DSCP() > 0 && v4:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, e.DSCP()<<2)
	case e.DSCP() > 0:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, e.DSCP()<<2)
	case e == evidence.ECN:
		return unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "dctcp")
	case e == evidence.FastOpen:
		return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN_CONNECT, 1)
	}
	return nil
}

// Extras says whether connections can have extras on this system.
const Extras = "yes"
