package probe

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/lookup"
	"whyport/probe/proxy"
	"whyport/probe/socket"
	"whyport/probe/speak"
)

// runner is one run's shared state.
type runner struct {
	options Options
	tally   *socket.Tally // options.Network
	hooks   Hooks
	limits  line.Limits
	names   *lookup.Lookup
	own     []netip.Addr
	links   []evidence.Link
	routing evidence.Ways
	roots   speak.Roots
	rooting sync.Once

	// Of a large run: bounds of the sockets and of SYNs a second (0: none), and whether hosts are looked at closely.
	sweepLimit, sweepRate int
	sweeping              *line.Slots // one: sweeps take turns
	few, many             bool

	tunnels *line.Slots            // connections through proxies at the same time
	ways    sync.Map               // proxy's URL -> func() *way
	used    atomic.Pointer[string] // URL of the first proxy that was asked

	// Of a large run: the proxies, how many ports were asked for through them, and for how many the way was looked up.
	relaying        proxy.Choice
	relayed, chosen int

	counting sync.Mutex
	spare    int // ports that the names of several addresses may have in all, beside those of their first

	delivering sync.Mutex
}

// deliver hands a result over and keeps it with its target, once. h is nil where it has no address.
func (r *runner) deliver(t *TargetRun, res Result, h *host) {
	res.Target = t.index
	r.visited(&res)
	r.delivering.Lock()
	defer r.delivering.Unlock()
	t.Results = append(t.Results, res)
	if r.hooks.Result != nil {
		if h != nil {
			res.Host = h.snapshot()
		}
		r.hooks.Result(res)
	}
}

// visited keeps how many connections a result's port has accepted so far. Through a proxy they are the proxy's.
func (r *runner) visited(res *Result) {
	if p := &res.Port; p.Protocol == evidence.TCP && p.Proxied == nil {
		p.Connections = r.tally.Accepted(netip.AddrPortFrom(p.Addr, p.Port))
	}
}

// visitedInAll does so for all results of a target, when nothing more is sent to it.
func (r *runner) visitedInAll(t *TargetRun) {
	for i := range t.Results {
		r.visited(&t.Results[i])
	}
}

// met keeps what is known of an address in the end.
func (r *runner) met(t *TargetRun, h *host) {
	r.delivering.Lock()
	defer r.delivering.Unlock()
	if t.Hosts[h.line.Addr] == nil {
		t.Hosts[h.line.Addr] = h.snapshot()
	}
}

// loadRoots begins to load the roots that certificates are held against, which takes as long as half a dozen handshakes.
func (r *runner) loadRoots() {
	if o := &r.options; o.TLS != TLSNever && o.System == nil {
		r.rooting.Do(func() { go r.roots.System() })
	}
}
