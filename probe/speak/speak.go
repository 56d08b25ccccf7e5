// Package speak finds out what really speaks on an open TCP port: it listens for a greeting, says a
// ClientHello, asks for STARTTLS or a HEAD, and returns what it saw as evidence, never a verdict.
//
// What a port costs its server, beside the connection that proved it open:
//
//	a greeting (SSH, SMTP and others, STARTTLS included)            none
//	TLS that completes                                              none; up to 2 for the page where the certificate is strange or inspected
//	HTTP that answers a ClientHello with an error                   1 (HEAD), 2 if the page must be fetched to be recognised
//	another protocol that shows itself on a ClientHello             1 (STARTTLS), where it has that
//	TLS refused with an alert                                       up to 2 (rare methods, then without name or ALPN)
//	reset or silence after STARTTLS was agreed on                   2, at the same time
//	reset or silence after ClientHello                              up to 5, at the same time (see variants.go)
//	FTP with anonymous access                                       1 to the data port
//	a greeting that says: too many connections, or try later        1
//
// MaxConnections bounds the sum. A TLS port that works costs one handshake: one round trip with TLS
// 1.3, two with older versions or a second key share.
//
// What silence costs in time, on a path whose round trip is under 100 ms (see waits below): 1.8 s where nothing was
// promised, 2.5 s where TLS was, 3.3 s where a greeting is usual, and up to 9 s where a mail or FTP server was promised,
// since these make callers wait.
package speak

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"time"

	"whyport/probe/evidence"
)

// The waits: floors, which patience makes longer on slow paths. A server that has not answered a ClientHello of its own
// within a second or two will not, but slow devices need more than one for a large key: so the first handshake goes on
// while the trials run, and is only given up with them.
const (
	helloWait     = 600 * time.Millisecond  // before the trials begin
	askedWait     = time.Second             // the same where TLS was promised
	httpWait      = 400 * time.Millisecond  // the same where HTTP is usual: small servers wait for the end of a line
	trialWait     = 1200 * time.Millisecond // of a trial
	askedTrial    = 1500 * time.Millisecond // the same where TLS was promised
	greetingWait  = 1500 * time.Millisecond // for a greeting; a later one answers the ClientHello that follows
	sshWait       = 1500 * time.Millisecond // the same for SSH, whose servers look callers up only afterwards
	promisedWait  = 3 * time.Second         // the same where the protocol was promised
	postscreening = 7 * time.Second         // the same for mail and FTP: they look callers up, or make them wait (postscreen: 6 s)
	pageWait      = 500 * time.Millisecond  // for a page in an inspected session: devices answer at once, servers may be no web servers
	quietWait     = time.Second             // where nothing may be sent
	busyWait      = 1200 * time.Millisecond // before a server that is too busy is asked again
)

// MaxConnections is the most that one Ask opens beside the first.
const MaxConnections = 6

// DefaultTimeout is Request.Timeout where that is 0.
const DefaultTimeout = 10 * time.Second

// Request says which port to ask and how.
type Request struct {
	To netip.AddrPort
	// ServerName is sent and verified; "" when the target is an address: none is sent, and the
	// certificate's name is judged only if it has that IP address.
	ServerName string
	Expect     string    // "", "tls", "starttls", "plain", "ssh"
	Mode       string    // "auto", "always", "never"
	First      net.Conn  // that proved the port open; Ask closes it. nil: Ask dials
	Connected  time.Time // when First was established; zero: now
	// RTT of the TCP handshake, 0 unknown. It lengthens waits, never below a safe floor.
	RTT time.Duration
	// Dial opens another connection to the same port. nil: only First is used.
	Dial func(context.Context) (net.Conn, error)
	// DialSmall opens one on which no packet of either side is large. nil: there is none to be had.
	DialSmall func(context.Context) (net.Conn, error)
	Timeout   time.Duration // for everything; 0: DefaultTimeout
	// System and Public are the trusted roots; where nil, those of Roots are used, which are this computer's and Mozilla's.
	System, Public *x509.CertPool
	Roots          *Roots // nil: trust is not judged against a pool that is nil, too
}

// asker is one Ask under way.
type asker struct {
	Request
	ctx    context.Context
	start  time.Time // of the waits: when First was connected
	end    time.Time // nothing waits longer
	usual  usual
	s      *evidence.Speech
	budget chan struct{} // one token for each connection that may still be opened
}

// Ask finds out what speaks on the port. It returns within r.Timeout or soon after ctx ends, closes
// every connection, r.First included, and leaves nothing running.
func Ask(ctx context.Context, r Request) *evidence.Speech {
	if r.Timeout <= 0 {
		r.Timeout = DefaultTimeout
	}
	began := time.Now()
	if r.Connected.IsZero() || r.Connected.After(began) {
		r.Connected = began
	}
	if _, err := netip.ParseAddr(r.ServerName); err == nil {
		r.ServerName = "" // an address is no server name (RFC 6066 section 3)
	}
	end := began.Add(r.Timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(end) {
		end = d
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	a := &asker{
		Request: r, ctx: ctx, start: r.Connected, end: end, usual: usualOf(r.To.Port()),
		s:      &evidence.Speech{Asked: Asked(r.To.Port(), r.Expect, r.Mode), Usual: usualOf(r.To.Port()).protocol},
		budget: make(chan struct{}, MaxConnections),
	}
	for range MaxConnections {
		a.budget <- struct{}{}
	}
	a.run()
	a.s.Connections = MaxConnections - len(a.budget)
	a.s.Elapsed = time.Since(began)
	return a.s
}

// errBudget is returned by open once MaxConnections were made.
var errBudget = errors.New("no more connections to this port")

// open makes another connection to the port and counts it; it lives no longer than ctx.
func (a *asker) open(ctx context.Context) (*recorder, error) {
	return a.openBy(ctx, a.Dial)
}

func (a *asker) openBy(ctx context.Context, dial func(context.Context) (net.Conn, error)) (*recorder, error) {
	if dial == nil {
		return nil, errBudget
	}
	select {
	case <-a.budget:
	default:
		return nil, errBudget
	}
	c, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	return a.record(ctx, c), nil
}

// tlsWanted reports whether a ClientHello may be sent at all.
func (a *asker) tlsWanted() bool { return a.s.Asked != askedPlain && a.Mode != modeNever }

// patience is how long silence is waited for: floor, or more on a slow path, but never more than
// part (0-1) of the time that is left.
func (a *asker) patience(floor time.Duration, part float64) time.Duration {
	d := max(floor, 10*a.RTT)
	return min(d, time.Duration(float64(time.Until(a.end))*part))
}

// interrupted reports whether the caller gave up before the time was over.
func (a *asker) interrupted() bool {
	return errors.Is(a.ctx.Err(), context.Canceled)
}
