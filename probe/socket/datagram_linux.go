//go:build !whyport_portable

package socket

import (
	"context"
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
	err = unix.Connect(fd, sockaddr(r.To))
	a.Source = localAddr(fd)
	if err == unix.EADDRNOTAVAIL { // no address, since a lack of ports is EAGAIN
		return failedLocally(a, begin, err), nil
	}
	began := time.Now() // for the answer's time and for silence, as in connect
	if err == nil {
		err = unix.Send(fd, payload, 0) // EPERM here is this host's own OUTPUT rule
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
	n, err := unix.Read(fd, buf)
	if err != nil {
		return afterError(fd, a, err, false), nil
	}
	a.Outcome = evidence.Connected
	return a, buf[:n]
}
