package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"whyport/probe/evidence"
)

// asking is one Connect under way.
type asking struct {
	Request
	end  time.Time
	seen *evidence.Proxied
	// secrets are texts made of the login, which the proxy may repeat.
	secrets []string
}

// dialed is a connection to the proxy that ends with a context, until it is released.
type dialed struct {
	net.Conn
	stop func() bool
}

// dial connects to the proxy, over TLS if its kind says so; nil where that failed, which is noted.
func (a *asking) dial(ctx context.Context) *dialed {
	inTime, cancel := context.WithDeadline(ctx, a.end)
	conn, err := a.Dial(inTime)
	cancel()
	if err != nil && ctx.Err() != nil {
		a.fail(evidence.ProxyInterrupted, "")
		return nil
	} else if err != nil {
		a.fail(evidence.ProxyUnreached, "")
		return nil
	}
	if to, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		a.seen.Addr = netip.AddrPortFrom(to.AddrPort().Addr().Unmap(), to.AddrPort().Port())
	}
	conn.SetDeadline(a.end)
	d := &dialed{conn, context.AfterFunc(ctx, func() { conn.Close() })}
	if a.Server.Kind != HTTPS {
		return d
	}
	secure := tls.Client(conn, &tls.Config{ServerName: a.Server.Host, RootCAs: a.Roots, NextProtos: []string{"http/1.1"}})
	if err := secure.HandshakeContext(ctx); err != nil {
		d.Close()
		if a.broken(ctx, err); a.seen.Outcome != evidence.ProxyInterrupted {
			a.fail(evidence.ProxyUnsafe, tlsProblem(err))
		}
		return nil
	}
	d.Conn = secure
	return d
}

func (d *dialed) Close() error {
	d.stop()
	return d.Conn.Close()
}

// release hands the connection over, after what was read of it already.
func (d *dialed) release(read []byte) net.Conn {
	if !d.stop() {
		d.Conn.Close()
	}
	d.Conn.SetDeadline(time.Time{})
	if len(read) == 0 {
		return d.Conn
	}
	return &resumed{d.Conn, read}
}

// resumed is a connection some of whose bytes were read with the proxy's answer.
type resumed struct {
	net.Conn
	read []byte
}

func (c *resumed) Read(p []byte) (int, error) {
	if len(c.read) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.read)
	c.read = c.read[n:]
	return n, nil
}

// SetLinger lets a reset end it, where the system's connection can.
func (c *resumed) SetLinger(seconds int) error {
	if t, ok := c.Conn.(interface{ SetLinger(int) error }); ok {
		return t.SetLinger(seconds)
	}
	return nil
}

func (a *asking) fail(o evidence.ProxyOutcome, problem string) {
	a.seen.Outcome, a.seen.Problem = o, problem
}

// broken notes a connection to the proxy that failed in the middle.
func (a *asking) broken(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
		a.fail(evidence.ProxyInterrupted, "")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		a.fail(evidence.ProxySilent, "")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		a.fail(evidence.ProxyClosed, "")
	case isReset(err):
		a.fail(evidence.ProxyClosed, "reset")
	default:
		a.fail(evidence.ProxyGarbled, "")
	}
}

// isReset reports a RST or what became of writing after one.
func isReset(err error) bool {
	_, network := errors.AsType[*net.OpError](err)
	return network
}

func tlsProblem(err error) string {
	if c, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "certificate: " + c.Err.Error()
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "not TLS"
	}
	return fmt.Sprintf("TLS: %v", err)
}
