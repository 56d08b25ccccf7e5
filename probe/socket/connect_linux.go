//go:build !whyport_portable

package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

// connect works on a descriptor of its own because the error queue and TCP_INFO have to be read after
// the failure, when net.Dialer has closed its socket; os.NewFile keeps it on Go's poller.
func connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	begin, a := started(r)
	fd, err := open(r, unix.SOCK_STREAM)
	if err != nil {
		return failedLocally(a, begin, err), nil
	}
	if r.MSS > 0 {
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG, r.MSS)
	}
	to := sockaddr(r.To)
	began := time.Now() // for the answer's time; what came before was this computer's own work
	err = unix.Connect(fd, to)
	// A RST of this computer's own firewall is there when connect returns. Its time is taken at once: it tells it from others'.
	ready := err == nil || err == unix.EINPROGRESS && polled(fd, unix.POLLOUT)
	a.Elapsed = time.Since(began)
	a.Source = localAddr(fd)
	if err != nil && err != unix.EINPROGRESS {
		defer unix.Close(fd)
		if err == unix.EADDRNOTAVAIL && sourceless(r.To) {
			return failedLocally(a, begin, err), nil
		}
		return afterError(fd, a, err, true), nil
	}
	f := os.NewFile(uintptr(fd), "tcp")
	if !ready {
		a.Later = true
		ready = waitWritable(ctx, f, began.Add(r.Timeout)) // a process without a processor sends late: silence begins then
		a.Elapsed = time.Since(began)
	}
	a = outcome(ctx, fd, a, ready)
	a.Later = a.Later && a.Outcome.Answered()
	if a.Outcome == evidence.Connected && !a.Cut {
		receiveErrors(fd, a.Source.Addr().Is4(), false) // or a later ICMP would be fatal
		conn := newStream(f, fd, a.Source)
		if conn == nil {
			a.Outcome = evidence.NoSocket
		}
		return a, conn
	}
	f.Close()
	return a, nil
}

// outcome reads what became of a SYN.
func outcome(ctx context.Context, fd int, a evidence.Attempt, ready bool) evidence.Attempt {
	if !ready {
		a.TCP = tcpInfo(fd)
		a.Outcome = evidence.Silent
		// An answer may lie in the queue although the deadline was seen first on a busy machine.
		if late := afterError(fd, a, soError(fd), false); late.Outcome != evidence.NotRun {
			return late
		}
		if !established(fd) {
			if ctx.Err() != nil {
				a.Outcome = evidence.Interrupted
			}
			return a
		}
	}
	err := soError(fd)
	if err == nil && !established(fd) {
		if err = soError(fd); err == nil { // a RST may have come between the two
			err = unix.ENOTCONN // EVIDENCE: SO_ERROR was 0 in 1 of 6; the queue knows
		}
	}
	if err != nil {
		return afterError(fd, a, err, false)
	}
	a.Outcome, a.TCP = evidence.Connected, tcpInfo(fd)
	return a
}

// afterError tells an error's origin apart: the kernel itself (sync, with an empty queue), ICMP, or a RST.
// With a nil error and an empty queue the attempt comes back with Outcome NotRun.
func afterError(fd int, a evidence.Attempt, err error, sync bool) evidence.Attempt {
	a.ICMP = queued(fd)
	if err == nil && a.ICMP == nil {
		a.Outcome = evidence.NotRun
		return a
	}
	a.TCP = tcpInfo(fd)
	a.Errno = name(err)
	switch {
	case a.ICMP != nil:
		a.Outcome = evidence.Failed
		if err == unix.ECONNREFUSED {
			a.Outcome = evidence.Refused
		}
	case err == unix.ECONNREFUSED:
		a.Outcome = evidence.Refused
	case wasConnected(err):
		a.Outcome, a.Cut = evidence.Connected, true
	case sync && (err == unix.EADDRNOTAVAIL || err == unix.EAGAIN || isShortage(err)):
		a.Outcome = evidence.NoSocket
	case err == unix.ETIMEDOUT:
		a.Outcome = evidence.Silent
	default:
		a.Outcome, a.Local = evidence.Failed, sync
	}
	return a
}

// wasConnected reports errors that end an established connection only: a RST is ECONNREFUSED in SYN_SENT, ECONNRESET
// later and EPIPE after a FIN (tcp_reset).
func wasConnected(err error) bool { return err == unix.ECONNRESET || err == unix.EPIPE }

// sourceless tells a computer that has no address to connect from, such as one whose IPv6 is switched off, from one whose
// TCP ports are used up. Both are EADDRNOTAVAIL, but a datagram socket needs none of those. Nothing is sent.
func sourceless(to netip.AddrPort) bool {
	family := unix.AF_INET6
	if to.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Connect(fd, sockaddr(to)) == unix.EADDRNOTAVAIL
}

func failedLocally(a evidence.Attempt, begin time.Time, err error) evidence.Attempt {
	a.Elapsed, a.Errno = time.Since(begin), name(err)
	a.Outcome, a.Local = evidence.Failed, true
	if isShortage(err) {
		a.Outcome, a.Local = evidence.NoSocket, false
	}
	return a
}

// isShortage reports a lack of descriptors, memory, or room in a local table: it says nothing of the path.
func isShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}

// waitWritable waits on Go's poller until the connect has ended; false at the deadline or when ctx ends.
func waitWritable(ctx context.Context, f *os.File, deadline time.Time) bool {
	return wait(ctx, f, deadline, unix.POLLOUT)
}

func wait(ctx context.Context, f *os.File, deadline time.Time, events int16) bool {
	if f.SetDeadline(deadline) != nil {
		return false
	}
	stop := context.AfterFunc(ctx, func() { f.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	ready := func(fd uintptr) bool { return polled(int(fd), events) }
	if events == unix.POLLIN {
		return raw.Read(ready) == nil
	}
	return raw.Write(ready) == nil
}

// polled asks for events that are there already.
func polled(fd int, events int16) bool {
	p := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, _ := unix.Poll(p, 0)
	return n > 0
}

// open makes a non-blocking socket with the request's options, bound where a source is asked for.
func open(r Request, kind int) (int, error) {
	family, v4 := unix.AF_INET6, r.To.Addr().Is4()
	if v4 {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocolOf(r, kind))
	if err != nil {
		return -1, err
	}
	receiveErrors(fd, v4, true)
	bindDevice(uintptr(fd), v4, r.Device)
	if r.Whole && kind == unix.SOCK_DGRAM {
		whole(fd, v4)
	}
	level, ttl, minTTL := unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, unix.IPV6_MINHOPCOUNT
	if v4 {
		level, ttl, minTTL = unix.IPPROTO_IP, unix.IP_TTL, unix.IP_MINTTL
	}
	if r.TTL > 0 {
		err = unix.SetsockoptInt(fd, level, ttl, int(r.TTL))
	}
	if err == nil && r.Extra != "" {
		err = addExtra(fd, v4, r.Extra)
	}
	if err == nil && r.MinTTL > 0 {
		err = unix.SetsockoptInt(fd, level, minTTL, int(r.MinTTL))
	}
	if err == nil && (r.From.IsValid() || r.FromPort > 0) {
		err = bindSource(fd, r)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// bindSource gives a socket its address, port, or both.
func bindSource(fd int, r Request) error {
	from := r.From
	switch {
	case !from.IsValid() && r.To.Addr().Is4():
		from = netip.IPv4Unspecified()
	case !from.IsValid():
		from = netip.IPv6Unspecified()
	}
	if r.FromPort == 0 {
		portLater(fd)
	} else {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	}
	return unix.Bind(fd, sockaddr(netip.AddrPortFrom(from, r.FromPort)))
}

// receiveErrors asks for ICMP errors and their TTL in the error queue (Linux 5.9 and later for TCP).
func receiveErrors(fd int, v4, on bool) {
	v := 0
	if on {
		v = 1
	}
	if v4 {
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVERR, v)
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVTTL, v)
		return
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVERR, v)
	unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, v)
}

// AnswerTTL says whether answers can be told by how far they have travelled (Request.MinTTL).
const AnswerTTL = "yes"
