//go:build !linux || whyport_portable

// The portable variant stands on net.Dialer and keeps a second handle on its socket. It also builds for
// Linux, with the tag whyport_portable, so that it can be tested there.

package socket

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"whyport/probe/evidence"
)

// connect asks once more where this process got the processor only after the time was over and the system does not tell
// whether an answer came meanwhile: the dialer sees its deadline first.
func connect(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	const late = 50 * time.Millisecond
	a, conn := dialOnce(ctx, r)
	if a.Outcome == evidence.Silent && a.Elapsed > r.Timeout+late && ctx.Err() == nil {
		return dialOnce(ctx, r)
	}
	return a, conn
}

func dialOnce(ctx context.Context, r Request) (evidence.Attempt, net.Conn) {
	begin, a := started(r)
	w := watchRequest(r)
	defer w.close()
	limited, cancel := context.WithDeadline(ctx, begin.Add(r.Timeout))
	defer cancel()
	conn, err := w.dial(limited, "tcp")
	a.Elapsed = time.Since(begin)
	a.MinTTL = w.minTTL
	if timeout, is := errors.AsType[net.Error](err); is && timeout.Timeout() && ctx.Err() == nil {
		conn = w.h.connection()
	}
	if conn == nil {
		a.Source = w.source()
		return cut(w.failed(ctx, a, err)), nil
	}
	a.Outcome, a.Source, a.TCP = evidence.Connected, endpoint(conn.LocalAddr()), w.h.tcpInfo()
	return a, conn
}

// cut tells a connection that was reset at once from a refusal: where a RST answers the SYN all systems say ECONNREFUSED
// (RFC 9293, 3.10.7.3 and 3.10.7.4: "connection refused", and later "reset"). On Windows it is the dialer's
// SO_UPDATE_CONNECT_CONTEXT that finds no connection any more.
func cut(a evidence.Attempt) evidence.Attempt {
	if a.ICMP == nil && slices.Contains([]string{"ECONNRESET", "EPIPE", "ENOTCONN"}, a.Errno) {
		a.Outcome, a.Cut, a.Local, a.Unattributed = evidence.Connected, true, false, false
	}
	return a
}

func exchange(ctx context.Context, r Request, payload []byte) (evidence.Attempt, []byte) {
	begin, a := started(r)
	w := watchRequest(r)
	defer w.close()
	conn, err := w.dial(ctx, "udp")
	a.MinTTL = w.minTTL
	if err != nil {
		a.Elapsed = time.Since(begin)
		return w.failed(ctx, a, err), nil
	}
	defer conn.Close()
	a.Source = endpoint(conn.LocalAddr())
	reportErrors(conn)
	begin = time.Now()
	buf := make([]byte, 1<<16) // Windows calls a datagram that does not fit an error
	n := 0
	_, err = conn.Write(payload)
	a.Local = err != nil
	if err == nil {
		n, err = read(ctx, conn, buf, begin.Add(r.Timeout))
	}
	a.Elapsed = time.Since(begin)
	if err != nil {
		return answered(w.failed(ctx, a, err)), nil
	}
	a.Outcome = evidence.Connected
	reply := buf[:min(n, 2048)]
	if bye := r.farewell(reply); bye != nil {
		_, _ = conn.Write(bye) // nobody waits for it
	}
	return a, reply
}

// read waits for a datagram or an error. What came while this process had no processor is there although the deadline is
// seen first: hence a second, short look.
func read(ctx context.Context, conn net.Conn, buf []byte, deadline time.Time) (n int, err error) {
	const again = 5 * time.Millisecond
	for look := range 2 {
		if look > 0 {
			deadline = time.Now().Add(again)
		}
		conn.SetReadDeadline(deadline)
		stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
		n, err = conn.Read(buf)
		stop()
		if !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
			break
		}
	}
	return n, err
}

// answered gives a datagram's refusal the form that it has on Linux. Windows reports port unreachable as WSAECONNRESET.
func answered(a evidence.Attempt) evidence.Attempt {
	if a.Errno == "ECONNRESET" {
		a.Errno = "ECONNREFUSED"
	}
	if a.ICMP != nil {
		a.Outcome = evidence.Failed
	}
	return a
}

// watch is one request with what is needed to find out why it failed: a second handle on the dialer's socket,
// since that is closed by then, and where the system has such a thing, a listener for ICMP errors.
type watch struct {
	Request
	h      handle
	icmp   icmpListener
	minTTL uint8 // the option as far as the system has it
}

func watchRequest(r Request) *watch {
	return &watch{Request: r, h: noHandle, icmp: listenICMP(r)}
}

func (w *watch) close() {
	w.h.close()
	w.icmp.close()
}

func (w *watch) dial(ctx context.Context, transport string) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1, ControlContext: func(_ context.Context, _, _ string, c syscall.RawConn) error {
		var err error
		if e := c.Control(func(fd uintptr) { err = w.adopt(fd, transport) }); e != nil {
			return e
		}
		return err
	}}
	network := transport + "6"
	if w.To.Addr().Is4() {
		network = transport + "4"
	}
	if w.From.IsValid() || w.FromPort > 0 {
		source := w.From
		if !source.IsValid() {
			source = netip.IPv6Unspecified()
			if w.To.Addr().Is4() {
				source = netip.IPv4Unspecified()
			}
		}
		from := netip.AddrPortFrom(source, w.FromPort)
		d.LocalAddr = net.TCPAddrFromAddrPort(from)
		if transport == "udp" {
			d.LocalAddr = net.UDPAddrFromAddrPort(from)
		}
	}
	return d.DialContext(ctx, network, w.To.String())
}

// adopt sets the request's options on a fresh socket and keeps a handle on it. The dialer may make several,
// when it has connected to itself: the last one counts.
func (w *watch) adopt(fd uintptr, transport string) error {
	w.h.close()
	w.h = duplicate(fd)
	if w.Device != "" {
		bindDevice(fd, w.To.Addr().Is4(), w.Device)
	}
	level, ttl, minTTL := syscall.IPPROTO_IPV6, syscall.IPV6_UNICAST_HOPS, 0
	if w.To.Addr().Is4() {
		level, ttl, minTTL = syscall.IPPROTO_IP, syscall.IP_TTL, minTTLOption
	}
	if transport == "tcp" {
		prepareTCP(fd)
		if w.MSS > 0 {
			setOption(fd, syscall.IPPROTO_TCP, maxSegOption, w.MSS)
		}
	}
	if w.TTL > 0 {
		if err := setOption(fd, level, ttl, int(w.TTL)); err != nil {
			return err
		}
	}
	if w.MinTTL > 0 && minTTL != 0 {
		if err := setOption(fd, level, minTTL, int(w.MinTTL)); err != nil {
			return err
		}
		w.minTTL = w.MinTTL
	}
	return nil
}

func endpoint(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		return unmapped(a.AddrPort())
	case *net.UDPAddr:
		return unmapped(a.AddrPort())
	}
	return netip.AddrPort{}
}

func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
