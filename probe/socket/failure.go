//go:build !linux || whyport_portable

package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"

	"whyport/probe/evidence"
)

// failed tells what an error of the dialer, or of a datagram's write or read, means. a.Local is set already where
// a write failed.
func (w *watch) failed(ctx context.Context, a evidence.Attempt, err error) evidence.Attempt {
	errno, isErrno := errors.AsType[syscall.Errno](err)
	if !isErrno {
		return w.ended(ctx, a, err)
	}
	a.Errno = errnoName(errno)
	local := a.Local || beforeSending(err)
	a.Local = false
	if !local && a.Errno == "EADDRNOTAVAIL" { // no source port is left, or there is no address
		_, lacking := w.route()
		if local = lacking == a.Errno; !local {
			a.Outcome = evidence.NoSocket
			return a
		}
	}
	if isShortage(a.Errno) {
		a.Outcome = evidence.NoSocket
		return a
	}
	if local {
		a.Outcome, a.Local = evidence.Failed, true
		return a
	}
	var sure bool
	a.ICMP, sure = w.icmp.heard(w.h)
	switch a.Errno {
	case "ECONNREFUSED", "ECONNRESET":
		a.Outcome = evidence.Refused
		a.Unattributed = a.ICMP == nil && !sure
	case "ETIMEDOUT":
		a.Outcome = evidence.Silent
	default:
		a.Outcome = evidence.Failed
		_, lacking := w.route()
		a.Local = a.ICMP == nil && (isOwn(a.Errno) || lacking == a.Errno)
	}
	return a
}

// ended is an attempt that the dialer gave up by itself. Where the system takes an ICMP error for a passing
// trouble and goes on waiting, its listener has heard it all the same.
func (w *watch) ended(ctx context.Context, a evidence.Attempt, err error) evidence.Attempt {
	timeout, _ := errors.AsType[net.Error](err)
	switch {
	case ctx.Err() != nil:
		a.Outcome = evidence.Interrupted
	case timeout != nil && timeout.Timeout():
		a.Outcome = evidence.Silent
		if a.ICMP, _ = w.icmp.heard(w.h); a.ICMP != nil {
			a.Outcome, a.Errno = evidence.Failed, "EHOSTUNREACH"
		}
	default: // net's own checks: a source of the other family
		a.Outcome, a.Local, a.Errno = evidence.Failed, true, "EAFNOSUPPORT"
	}
	return a
}

// beforeSending reports an error of a call that comes before connect; that of an option names no call.
func beforeSending(err error) bool {
	call, ok := errors.AsType[*os.SyscallError](err)
	return !ok || slices.Contains([]string{"socket", "bind", "setsockopt"}, call.Syscall)
}

// isShortage reports a lack of descriptors, memory, or room in a local table: it says nothing of the path.
func isShortage(errno string) bool {
	return slices.Contains([]string{"EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EAGAIN", "EADDRINUSE"}, errno)
}

// isOwn reports errors that no packet causes on these systems: this computer's filter or settings said no.
func isOwn(errno string) bool {
	return slices.Contains([]string{"EACCES", "EPERM", "EINVAL", "ENETDOWN", "EAFNOSUPPORT"}, errno)
}

// route asks for the source address of packets to the destination and, where there is no way there, for the error:
// connecting a datagram socket looks that up and sends nothing. The dialer does not tell an answer from a lack of route.
func (w *watch) route() (source netip.Addr, errno string) {
	again := &watch{Request: w.Request, h: noHandle}
	defer again.close()
	conn, err := again.dial(context.Background(), "udp")
	if err == nil {
		defer conn.Close()
		return endpoint(conn.LocalAddr()).Addr(), ""
	}
	if e, ok := errors.AsType[syscall.Errno](err); ok {
		errno = errnoName(e)
	}
	return netip.Addr{}, errno
}

// source is the failed socket's own address. Some systems bind to the unspecified one and forget what they sent from.
func (w *watch) source() netip.AddrPort {
	s := unmapped(w.h.source())
	if s.Port() == 0 {
		return netip.AddrPort{}
	}
	if s.Addr().IsUnspecified() {
		if a, _ := w.route(); a.IsValid() {
			return netip.AddrPortFrom(a, s.Port())
		}
	}
	return s
}
