//go:build linux

package lab

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// ConnectOptions of a trial connection.
type ConnectOptions struct {
	Timeout time.Duration // 1 s if 0
	TTL     int           // of the SYN; the system's if 0
}

// ConnectResult is what the kernel told about one trial connection; it is the lab's own measure of the network,
// apart from the code under test.
type ConnectResult struct {
	Errno    unix.Errno // 0: connected; ETIMEDOUT: silence
	After    time.Duration
	Offender netip.Addr // of the ICMP error, if one came
	Type     uint8
	Code     uint8
	// Of TCP_INFO when it ended:
	Window       uint32
	Retransmits  uint8
	TotalRetrans uint32
	Retrans      uint32
}

// Connect opens a TCP connection from a node and closes it. It may be called from any goroutine.
func (l *Lab) Connect(node string, to netip.AddrPort, o ConnectOptions) ConnectResult {
	l.t.Helper()
	if o.Timeout == 0 {
		o.Timeout = time.Second
	}
	var fd int
	err := l.In(node, func() (err error) {
		fd, err = unix.Socket(family(to.Addr()), unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return ConnectResult{Errno: errno(err)}
	}
	defer unix.Close(fd)
	level, recvErr, ttl := unix.SOL_IP, unix.IP_RECVERR, unix.IP_TTL
	if to.Addr().Is6() {
		level, recvErr, ttl = unix.SOL_IPV6, unix.IPV6_RECVERR, unix.IPV6_UNICAST_HOPS
	}
	err = unix.SetsockoptInt(fd, level, recvErr, 1)
	if err == nil && o.TTL > 0 {
		err = unix.SetsockoptInt(fd, level, ttl, o.TTL)
	}
	start := time.Now()
	if err == nil {
		err = unix.Connect(fd, sockaddr(to))
	}
	if err != nil && err != unix.EINPROGRESS {
		return ConnectResult{Errno: errno(err), After: time.Since(start)}
	}
	r := ConnectResult{}
	r.Errno = wait(fd, o.Timeout)
	r.After = time.Since(start)
	if info, err := unix.GetsockoptTCPInfo(fd, unix.SOL_TCP, unix.TCP_INFO); err == nil {
		r.Window, r.Retransmits, r.TotalRetrans, r.Retrans = info.Snd_wnd, info.Retransmits, info.Total_retrans, info.Retrans
	}
	r.readQueue(fd)
	return r
}

// wait returns how the connection ended. Poll blocks a thread: enough for a few connections at a time.
func wait(fd int, timeout time.Duration) unix.Errno {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for deadline := time.Now().Add(timeout); ; {
		n, err := unix.Poll(poll, int(max(0, time.Until(deadline)).Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if n == 0 {
			return unix.ETIMEDOUT
		}
		code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err != nil {
			return errno(err)
		}
		return unix.Errno(code)
	}
}

// readQueue takes the first ICMP error from the socket's error queue: a struct sock_extended_err with the
// offender's address behind it (ip(7), IP_RECVERR).
func (r *ConnectResult) readQueue(fd int) {
	control := make([]byte, 512)
	_, n, _, _, err := unix.Recvmsg(fd, nil, control, unix.MSG_ERRQUEUE)
	if err != nil {
		return
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil {
		return
	}
	for _, m := range messages {
		d := m.Data
		switch {
		case m.Header.Type == unix.IP_RECVERR && m.Header.Level == unix.SOL_IP && len(d) >= 24:
			r.Type, r.Code, r.Offender = d[5], d[6], netip.AddrFrom4([4]byte(d[20:24]))
		case m.Header.Type == unix.IPV6_RECVERR && m.Header.Level == unix.SOL_IPV6 && len(d) >= 40:
			r.Type, r.Code, r.Offender = d[5], d[6], netip.AddrFrom16([16]byte(d[24:40]))
		default:
			continue
		}
		if r.Errno == 0 || r.Errno == unix.ETIMEDOUT {
			// SO_ERROR may still be 0 when the queue is not.
			r.Errno = unix.Errno(uint32(d[0]) | uint32(d[1])<<8)
		}
	}
}

func family(a netip.Addr) int {
	if a.Is6() {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is6() {
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
}

func errno(err error) unix.Errno {
	if e, ok := err.(unix.Errno); ok {
		return e
	}
	return unix.EINVAL
}

func addrPort(a netip.Addr, port uint16) netip.AddrPort { return netip.AddrPortFrom(a, port) }
