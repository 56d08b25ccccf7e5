package probe

import (
	"cmp"
	"context"
	"errors"
	"net"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
	"whyport/probe/speak"
)

// speech asks what speaks behind a fresh connection, which it closes.
func (h *host) speech(ctx context.Context, p *port, first net.Conn) *evidence.Speech {
	o := h.options
	timeout := max(o.Timeout-time.Since(p.begun), time.Second)
	if o.Timeout == DefaultTimeout { // a greeting may come later than that
		timeout = max(timeout, speak.DefaultTimeout)
	}
	if p.quick && o.TLS != TLSAlways && p.want.Expect == ExpectAnything {
		timeout = max(quickSpeech, 4*h.line.RTT())
		if h.line.Lossy() {
			timeout = lossySpeech + 2*h.line.RTT()
		}
	}
	s := speak.Ask(ctx, speak.Request{
		To: h.line.Endpoint(p.want.Port), ServerName: h.serverName(),
		Expect: string(p.want.Expect), Mode: string(o.TLS), Careful: o.Careful,
		First: first, Connected: time.Now(), RTT: h.line.RTT(),
		Dial:      func(ctx context.Context) (net.Conn, error) { return h.again(ctx, p.want.Port, 0) },
		DialSmall: func(ctx context.Context) (net.Conn, error) { return h.again(ctx, p.want.Port, smallSegments) },
		DialData:  h.dataPort,
		Timeout:   timeout,
		System:    o.System, Public: o.Public, Roots: h.roots,
	})
	if f := s.FTP; f != nil && f.Passive == "no-response" && !p.quick {
		h.walkData(ctx, f)
	}
	s.Lossy = h.line.Lossy() || p.quick // in haste nobody knows yet
	s.Interrupted, s.Browser = ctx.Err() != nil && !s.SignOfLife(), p.want.Browser
	s.Wanted = p.want.Expect == ExpectTLS || p.want.Expect == ExpectStartTLS || o.TLS == TLSAlways
	return s
}

// serverName is what the server is called in what is said to it; "": it has no name.
func (h *host) serverName() string { return cmp.Or(h.options.ServerName, h.target.ServerName) }

// quickSpeech is how long an open port of a large run has to show what it speaks, if its round trips are short.
const quickSpeech = 150 * time.Millisecond

// lossySpeech is the same where packets are lost: TCP's second retransmit has time to arrive (Linux: 200 ms, then 400,
// beside the round trip).
const lossySpeech = 700 * time.Millisecond

var errNoConnection = errors.New("no further connection")

// smallSegments is what every path carries: IPv4's least packet that hosts must take, less the headers (RFC 9293, 3.7.1).
const smallSegments = 536

// dataPort connects once to a port that another one's protocol has named, unless nothing may be sent there.
func (h *host) dataPort(ctx context.Context, port uint16) evidence.Outcome {
	if h.options.excludes(port) {
		return evidence.NotRun
	}
	wait := dataWait
	if end, ok := ctx.Deadline(); ok {
		wait = time.Until(end)
	}
	if wait <= 0 {
		return evidence.Interrupted
	}
	a, conn := h.line.Connect(ctx, socket.Request{Timeout: wait}, port, time.Now())
	if conn != nil {
		_ = conn.Close()
	}
	return a.Outcome
}

// walkData finds out how far packets to a silent data port get. An answer is no news: the port is closed with its session.
func (h *host) walkData(ctx context.Context, f *evidence.FTP) {
	if h.options.Trace == TraceNever || h.here() {
		return
	}
	w := h.tracer.TCP(ctx, f.Port, 0)
	if w.Distance() == 0 {
		silent := []evidence.Attempt{{Outcome: evidence.Silent, Elapsed: dataWait}}
		f.Data = &evidence.Port{Addr: h.line.Addr, Port: f.Port, Protocol: evidence.TCP, Attempts: silent, Walk: w, Place: evidence.PlaceOwn}
	}
}

// dataWait is for a data connection whose caller does not say how long.
const dataWait = 3 * time.Second

// again opens one more connection to a port that is known to be open; segments of either side are no larger than mss (0:
// as usual).
func (h *host) again(ctx context.Context, port uint16, mss int) (net.Conn, error) {
	for range 2 {
		a, conn := h.line.Connect(ctx, socket.Request{Timeout: max(time.Second, 4*h.line.RTT()), MSS: mss}, port, time.Now())
		switch {
		case conn != nil:
			return conn, nil
		case a.Outcome == evidence.Refused:
			return nil, speak.ErrRefused
		case a.Cut:
			return nil, speak.ErrCut
		}
	}
	return nil, errNoConnection
}
