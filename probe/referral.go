package probe

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// maxReferred and maxReferredAddresses bound what is tested on the word of a server: so many of the addresses that one target's
// ports send their clients to, and so many addresses of a name.
const (
	maxReferred          = 16
	maxReferredAddresses = 2
)

// referrals follow what a target's servers send their clients to, as clients would: the name is looked up, and a TCP connection
// is made to the port that was named and to no other. Nothing is said on it, as it is a stranger's word that leads there.
type referrals struct {
	options *Options
	limits  *line.Limits
	lookUp  func(context.Context, Target) evidence.Resolution

	mu    sync.Mutex
	known map[string]func() evidence.Referral
}

func newReferrals(o *Options, limits *line.Limits, lookUp func(context.Context, Target) evidence.Resolution) *referrals {
	return &referrals{options: o, limits: limits, lookUp: lookUp, known: map[string]func() evidence.Referral{}}
}

// follow keeps with a port what became of the addresses that it sends its clients to.
func (h *host) follow(ctx context.Context, p *port) {
	if p.seen.Speech == nil || h.referrals == nil {
		return
	}
	out := make([]evidence.Referral, len(p.seen.Speech.Refers))
	var wg sync.WaitGroup
	for i, to := range p.seen.Speech.Refers {
		ask := h.referrals.referral(ctx, h, p, to) // in their order: of too many the first are tested
		wg.Go(func() { out[i] = ask() })
	}
	wg.Wait()
	p.seen.Referred = slices.DeleteFunc(out, func(r evidence.Referral) bool { return r.Port == 0 })
}

// referral asks what becomes of one address; no port: it is none.
func (f *referrals) referral(ctx context.Context, h *host, p *port, to string) func() evidence.Referral {
	is := func(r evidence.Referral) func() evidence.Referral { return func() evidence.Referral { return r } }
	name, number, ok := cutLast(to, ":")
	n, err := strconv.ParseUint(number, 10, 16)
	name = strings.Trim(name, "[]")
	if !ok || err != nil || n == 0 || !hostLike(name) {
		return is(evidence.Referral{})
	}
	r := evidence.Referral{To: to, Host: name, Port: uint16(n)}
	if name == "" {
		r.To = netip.AddrPortFrom(h.line.Addr, r.Port).String()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if ask := f.known[r.To]; ask != nil {
		return ask
	}
	if len(f.known) >= maxReferred {
		r.Skipped = evidence.SkippedTooMany
		return is(r)
	}
	ask := sync.OnceValue(func() evidence.Referral { return f.ask(ctx, h, p, r) })
	f.known[r.To] = ask
	return ask
}

func (f *referrals) ask(ctx context.Context, h *host, p *port, r evidence.Referral) evidence.Referral {
	o := f.options
	if o.excludes(r.Port) || o.Follow != nil && !o.Follow(r.Host, r.Port) {
		r.Skipped = evidence.SkippedExcluded
		return r
	}
	t := Target{Host: strings.TrimSuffix(r.Host, ".")}
	if t.Addr, _ = netip.ParseAddr(r.Host); r.Host == "" {
		t.Addr = h.line.Addr
	}
	r.Resolution = f.lookUp(ctx, t)
	for _, addr := range r.Resolution.Addresses {
		switch why := evidence.Leads(addr, h.line.Addr, h.facts.Own); {
		case why != "":
			r.Skipped = why
		case slices.ContainsFunc(o.Exclude, func(x netip.Prefix) bool { return x.Contains(addr.Unmap().WithZone("")) }):
			r.Skipped = evidence.SkippedExcluded
		case len(r.Reached) < maxReferredAddresses:
			r.Reached = append(r.Reached, f.connect(ctx, h, p, netip.AddrPortFrom(addr, r.Port)))
		}
	}
	if len(r.Reached) > 0 {
		r.Skipped = ""
	}
	return r
}

// connect makes the connection; the one that is already there, where it leads to the same.
func (f *referrals) connect(ctx context.Context, h *host, p *port, to netip.AddrPort) evidence.Port {
	out := evidence.Port{Addr: to.Addr(), Port: to.Port(), Protocol: evidence.TCP}
	if p.want.Protocol == evidence.TCP && to == h.line.Endpoint(p.want.Port) {
		out.Attempts = p.seen.Attempts
		return out
	}
	o := f.options
	l := &line.Line{Addr: to.Addr(), Network: o.Network, Limits: f.limits, Timeout: o.Timeout, Attempts: o.Attempts}
	attempts, conn, lingering := l.Dial(ctx, to.Port(), 0, time.Now())
	if lingering != nil {
		lingering.GiveUp()
	}
	if conn != nil {
		_ = conn.Close()
	}
	out.Attempts = attempts
	return out
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// hostLike reports what may be a host's name or address (RFC 1123, 2.1; underscores are common); "" is the server itself.
func hostLike(s string) bool {
	const longest = 253 // RFC 1035, 2.3.4
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Zone() == ""
	}
	return len(s) <= longest && !strings.Contains(s, "..") && !strings.HasPrefix(s, ".") && !strings.ContainsFunc(s, func(c rune) bool {
		return c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
}
