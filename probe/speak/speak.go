// Package speak finds out what really speaks on an open TCP port: it listens for a greeting, says a
// ClientHello, asks for STARTTLS or a HEAD, and returns what it saw as evidence, never a verdict.
//
// What a port costs its server, beside the connection that proved it open:
//
//	a greeting (SSH, SMTP and others, STARTTLS included)            none
//	a protocol's own question (Redis, LDAP)                         none
//	HTTP where it is usual                                          none
//	TLS that completes                                              none; up to 3 for the page where it is cut off, or the certificate is
//
// strange
//
//	HTTP on another port, which answers a ClientHello with an error 1 (HEAD), 2 if the page must be fetched
//	HTTP on another port, which is silent then                      3 (HEAD without and with a host, a small ClientHello)
//	another protocol that shows itself on a ClientHello             1 (STARTTLS), where it has that
//	TLS refused with an alert                                       up to 2 (rare methods, then without name or ALPN)
//	reset or silence after STARTTLS was agreed on                   2, at the same time
//	hung up, whatever is said                                       1, on which nothing is said
//	reset or silence after ClientHello                              up to 5, at the same time (see variants.go); 4 where nothing is known
//	a request that gets no answer                                   up to 5 (a ClientHello, silence, other hosts; see askpage.go)
//	FTP that names a port for data without a login                  1 to the data port
//	a greeting that says: too many connections, or try later        1
//
// MaxConnections bounds the sum; on a port of which nothing is known mostUnknown does. A TLS port that works costs one handshake: one round trip with TLS 1.3, two with older
// versions or a second key share; then one for the page, or for the farewell.
//
// What silence costs in time, on a path whose round trip is under 100 ms (see waits in asker.go): 1.8 s where nothing was
// promised, 2.5 s where TLS was, 3.3 s where a greeting or a page is usual, and up to 14 s where the greeting of mail, FTP or
// SSH was promised, since these look callers up by name servers that may not answer, or make them wait.
package speak

import (
	"context"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak/protocol"
)

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
	if r.Careful {
		r.Expect, r.Mode = askedPlain, modeNever
	}
	usual := protocol.Usual(r.To.Port())
	a := &asker{
		Request: r, ctx: ctx, start: r.Connected, end: end, usual: usual,
		s: &evidence.Speech{Asked: Asked(r.To.Port(), r.Expect, r.Mode), Usual: usual.Usual},
	}
	most := MaxConnections
	if a.s.Asked == "" && usual.Usual == "" {
		most = mostUnknown
	}
	a.budget = make(chan struct{}, most)
	for range most {
		a.budget <- struct{}{}
	}
	a.run()
	if a.refused.Load() {
		a.alone()
	}
	a.s.Connections, a.s.Quickest = most-len(a.budget), a.quick.least()
	a.s.Elapsed = time.Since(began)
	return a.s
}
