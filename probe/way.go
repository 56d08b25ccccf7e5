package probe

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/proxy"
)

// way leads to one proxy: its addresses are looked up once, and what is wrong with it is found out once.
type way struct {
	runner     *runner
	server     proxy.Server
	resolution evidence.Resolution
	lines      []*line.Line

	mu    sync.Mutex
	first chan struct{} // closed when the first connection was made, or failed; nil before it was begun
	dead  bool          // it failed

	looking   sync.Once
	seen      *evidence.Port
	seenOfAll *evidence.Host
}

// way to a proxy; the first who asks looks its name up.
func (r *runner) way(ctx context.Context, s proxy.Server) *way {
	found, _ := r.ways.LoadOrStore(s.String(), sync.OnceValue(func() *way {
		w := &way{runner: r, server: s}
		t := proxyTarget(s)
		w.resolution = r.lookUp(ctx, t)
		for _, a := range w.resolution.Addresses {
			w.lines = append(w.lines, &line.Line{
				Addr: a, Network: r.options.Network, Limits: &r.limits, Timeout: r.options.Timeout, Attempts: r.options.Attempts,
			})
		}
		return w
	}))
	return found.(func() *way)()
}

// proxyTarget is the proxy's own port, tested like any other.
func proxyTarget(s proxy.Server) Target {
	c := Candidate{Port: s.Port, Protocol: evidence.TCP, Expect: ExpectPlain}
	if s.Kind == proxy.HTTPS {
		c.Expect = ExpectTLS
	}
	t := Target{Input: s.Address(), Host: s.Host, ServerName: s.Host, Candidates: []Candidate{c}}
	if a, err := netip.ParseAddr(s.Host); err == nil {
		t.Addr, t.ServerName = a, ""
	}
	return t
}

// dial connects to the proxy. The first connection decides whether others are tried: what is not there need not be waited
// for once for each port.
func (w *way) dial(ctx context.Context) (net.Conn, error) {
	w.mu.Lock()
	first := w.first
	if first == nil {
		w.first = make(chan struct{})
	}
	w.mu.Unlock()
	if first == nil {
		conn, err := w.connect(ctx)
		w.mu.Lock()
		w.dead = err != nil && ctx.Err() == nil
		w.mu.Unlock()
		close(w.first)
		return conn, err
	}
	select {
	case <-first:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w.mu.Lock()
	dead := w.dead
	w.mu.Unlock()
	if dead {
		return nil, errNoConnection
	}
	return w.connect(ctx)
}

// connect tries the proxy's addresses in turn.
func (w *way) connect(ctx context.Context) (net.Conn, error) {
	for _, l := range w.lines {
		_, conn, lingering := l.Dial(ctx, w.server.Port, 0, time.Now())
		if lingering != nil {
			lingering.GiveUp()
		}
		if conn != nil {
			return conn, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, errNoConnection
}

// again makes further connections of the same kind.
func (w *way) again(r proxy.Request) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		if _, conn := proxy.Connect(ctx, r); conn != nil {
			return conn, nil
		}
		return nil, errNoConnection
	}
}

// reach finds out, once, what is wrong with the proxy's own port: as of any other.
func (w *way) reach(ctx context.Context) (*evidence.Port, *evidence.Host) {
	w.looking.Do(func() {
		h := w.runner.newHost(address{target: proxyTarget(w.server), addr: w.lines[0].Addr}, []int{0})
		h.probe(ctx, func(p *port) {
			seen := p.seen
			w.seen = &seen
		})
		w.seenOfAll = h.snapshot()
	})
	return w.seen, w.seenOfAll
}
