//go:build !whyport_portable

package socket

import (
	"context"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"whyport/probe/evidence"
)

func exchange(ctx context.Context, r Request, payload []byte) (evidence.Attempt, []byte) {
	begin, a := started(r)
	fd, err := open(r, unix.SOCK_DGRAM)
	if err != nil {
		return failedLocally(a, begin, err), nil
	}
	f := os.NewFile(uintptr(fd), "udp")
	defer f.Close()
	if r.AnyPort {
		err = bindTowards(fd, r)
	} else {
		err = unix.Connect(fd, sockaddr(r.To))
	}
	a.Source = localAddr(fd)
	if err == unix.EADDRNOTAVAIL { // no address, since a lack of ports is EAGAIN
		return failedLocally(a, begin, err), nil
	}
	began := time.Now() // for the answer's time and for silence, as in connect
	if err == nil {
		err = send(fd, r, payload) // EPERM here is this host's own OUTPUT rule
	}
	if err != nil {
		a.Elapsed = time.Since(begin)
		return afterError(fd, a, err, true), nil
	}
	ready := wait(ctx, f, began.Add(r.Timeout), unix.POLLIN) || polled(fd, unix.POLLIN) // the deadline may be seen first
	a.Elapsed = time.Since(began)
	pending := soError(fd) // before the queue is read, which clears it
	if icmp := queued(fd); icmp != nil {
		a.ICMP, a.Outcome, a.Errno = icmp, evidence.Failed, name(pending)
		return a, nil
	}
	if pending != nil {
		return afterError(fd, a, pending, false), nil
	}
	if !ready {
		a.Outcome = evidence.Silent
		if ctx.Err() != nil {
			a.Outcome = evidence.Interrupted
		}
		return a, nil
	}
	buf := make([]byte, 2048)
	n, from, err := unix.Recvfrom(fd, buf, 0)
	switch {
	case err != nil:
		return afterError(fd, a, err, false), nil
	case r.AnyPort && addrPort(from).Addr() != r.To.Addr():
		a.Outcome = evidence.Silent // a stranger's
		return a, nil
	}
	a.Outcome = evidence.Connected
	if bye := r.farewell(buf[:n]); bye != nil && !r.AnyPort {
		_ = unix.Send(fd, bye, 0) // nobody waits for it
	}
	return a, buf[:n]
}

// bindTowards gives a socket the address that packets to the destination leave from, and leaves it open to all ports.
func bindTowards(fd int, r Request) error {
	if r.From.IsValid() {
		return nil // open did
	}
	towards, err := open(r, unix.SOCK_DGRAM)
	if err != nil {
		return err
	}
	defer unix.Close(towards)
	if err := unix.Connect(towards, sockaddr(r.To)); err != nil {
		return err
	}
	return unix.Bind(fd, sockaddr(netip.AddrPortFrom(localAddr(towards).Addr(), 0)))
}

func send(fd int, r Request, payload []byte) error {
	if r.AnyPort {
		return unix.Sendto(fd, payload, 0, sockaddr(r.To))
	}
	return unix.Send(fd, payload, 0)
}
