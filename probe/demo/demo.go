// Package demo starts servers on this computer's loopback that behave as servers in the field do, so that
// a first look at whyport needs neither a network nor administrator rights.
package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// serverName is what the certificates are made for; it is never looked up.
const serverName = "server.example"

// Port is one of the demo's servers.
type Port struct {
	Number uint16
	Is     string // what is really there, in words
	Expect probe.Expect
}

// Demo is a set of servers under way.
type Demo struct {
	Ports []Port
	// Missing says which server this system could not imitate; "" if none.
	Missing string

	roots     *x509.CertPool
	listeners []net.Listener
	conns     connections
	wg        sync.WaitGroup
}

// Start starts the servers; Close ends them.
func Start(ctx context.Context) (*Demo, error) {
	d := &Demo{}
	if err := d.start(ctx); err != nil {
		d.Close()
		return nil, &StartError{err}
	}
	return d, nil
}

// StartError says that this computer did not let the demo's servers start.
type StartError struct{ Cause error }

func (e *StartError) Error() string { return "the demo's servers can't be started on this computer" }
func (e *StartError) Unwrap() error { return e.Cause }

func (d *Demo) start(ctx context.Context) error {
	ca, err := newAuthority(serverName)
	if err != nil {
		return err
	}
	d.roots = ca.pool()
	now := time.Now()
	for _, c := range []struct {
		is         string
		name       string
		begin, end time.Time
	}{
		{"TLS in order", serverName, now.Add(-24 * time.Hour), now.Add(90 * 24 * time.Hour)},
		{"TLS, certificate expired 30 days ago", serverName, now.Add(-120 * 24 * time.Hour), now.Add(-30*24*time.Hour + time.Hour)},
		{"TLS, certificate for another name", "other.example", now.Add(-24 * time.Hour), now.Add(90 * 24 * time.Hour)},
	} {
		cert, err := ca.issue(c.name, c.begin, c.end)
		if err != nil {
			return err
		}
		config := &tls.Config{Certificates: []tls.Certificate{cert}}
		if err := d.serve(c.is, probe.ExpectTLS, func(conn net.Conn) { page(tls.Server(conn, config)) }); err != nil {
			return err
		}
	}
	err = errors.Join(
		d.serve("HTTP without TLS, where TLS is expected", probe.ExpectTLS, page),
		d.serve("a server that greets, as SSH does", probe.ExpectAnything, greet),
		d.serve("accepts every connection and says nothing", probe.ExpectTLS, listen),
		d.closed(ctx),
	)
	if err != nil {
		return err
	}
	return d.silent(ctx)
}

// Plan is what to test, with the demo's own authority in the place of the system's and the public roots.
func (d *Demo) Plan() probe.Plan {
	t := probe.Target{
		Input: "127.0.0.1", Host: "127.0.0.1", Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), ServerName: serverName,
		Requirement: verdict.Requirement{Mode: verdict.Any},
	}
	g := verdict.Group{Name: "demo", Mode: verdict.Any}
	for i, p := range d.Ports {
		t.Candidates = append(t.Candidates, probe.Candidate{Port: p.Number, Protocol: evidence.TCP, Expect: p.Expect})
		g.Members = append(g.Members, i)
	}
	t.Requirement.Groups = []verdict.Group{g}
	return probe.Plan{Targets: []probe.Target{t}, Options: probe.Options{System: d.roots, Public: d.roots}}
}

// Describe says what is really behind each port.
func (d *Demo) Describe(w io.Writer) error {
	var b strings.Builder
	b.WriteString("Servers started on this computer for the demo:\n")
	for _, p := range d.Ports {
		fmt.Fprintf(&b, "  %5d  %s\n", p.Number, p.Is)
	}
	if d.Missing != "" {
		b.WriteString("  " + d.Missing + "\n")
	}
	b.WriteString("This is what whyport finds out about them:\n\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Close ends the servers and every connection to them.
func (d *Demo) Close() {
	for _, l := range d.listeners {
		l.Close()
	}
	d.conns.close()
	d.wg.Wait()
}

// serve starts a server on a port that the system chooses.
func (d *Demo) serve(is string, expect probe.Expect, answer func(net.Conn)) error {
	l, err := d.listen()
	if err != nil {
		return err
	}
	d.add(l.Addr(), is, expect)
	d.wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			d.wg.Go(func() {
				defer d.conns.forget(conn)
				if d.conns.keep(conn) {
					answer(conn)
				}
			})
		}
	})
	return nil
}

func (d *Demo) listen() (net.Listener, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err == nil {
		d.listeners = append(d.listeners, l)
	}
	return l, err
}

func (d *Demo) add(a net.Addr, is string, expect probe.Expect) {
	port := a.(*net.TCPAddr).AddrPort().Port()
	d.Ports = append(d.Ports, Port{Number: port, Is: is, Expect: expect})
}

// closed adds a port on which nothing listens, and holds it so that nothing else gets it meanwhile: it is the
// client's end of a connection.
func (d *Demo) closed(ctx context.Context) error {
	l, err := d.listen()
	if err != nil {
		return err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp4", l.Addr().String())
	if err != nil {
		return err
	}
	d.conns.keep(conn)
	d.add(conn.LocalAddr(), "nothing listens there", probe.ExpectAnything)
	return nil
}
