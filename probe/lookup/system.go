package lookup

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
)

// System is the resolver that applications use: *net.Resolver, or what a test puts in its place.
type System interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Waits of the system's look-up.
const (
	// familiesAfter: both families are one look-up, as applications do it. One that takes longer than this is asked for each
	// family on its own, too: a single look-up waits for both.
	familiesAfter = 300 * time.Millisecond
	// patience is how long a family is waited for when the other one's addresses are known.
	patience = 2 * time.Second
)

var errTimeout = errors.New("name server timeout")

// part is what the system's resolver said of one family, or of both.
type part struct {
	network string // "ip", "ip4", "ip6"
	found   []netip.Addr
	err     error
}

// word asks the system's resolver; family is 4, 6 or 0 for both.
func (l *Lookup) word(ctx context.Context, name string, family int, r *evidence.Resolution) {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make(chan part, 3)
	begin := func(network string) {
		go func() {
			found, err := l.system.LookupNetIP(ctx, network, name)
			parts <- part{network, found, err}
		}()
	}
	begin("ip")
	split, late := time.After(familiesAfter), (<-chan time.Time)(nil)
	known := map[string]part{}
	for {
		select {
		case p := <-parts:
			known[p.network] = p
		case <-split:
			begin("ip4")
			begin("ip6")
			continue
		case <-late:
			settle(outer, known, true, r)
			return
		case <-ctx.Done():
			settle(outer, known, true, r)
			return
		}
		if enough(known, family) {
			settle(outer, known, false, r)
			return
		}
		if late == nil && (len(known["ip4"].found) > 0 || len(known["ip6"].found) > 0) {
			late = time.After(patience)
		}
	}
}

// enough reports whether nothing has to be waited for any more.
func enough(known map[string]part, family int) bool {
	if _, both := known["ip"]; both {
		return true
	}
	_, four := known["ip4"]
	_, six := known["ip6"]
	return four && six || family == 4 && len(known["ip4"].found) > 0 || family == 6 && len(known["ip6"].found) > 0
}

// settle makes the resolution of what is known; gaveUp: a family was waited for in vain.
func settle(ctx context.Context, known map[string]part, gaveUp bool, r *evidence.Resolution) {
	both, whole := known["ip"]
	four, six := known["ip4"], known["ip6"]
	if whole && both.err == nil {
		r.Addresses = unique(both.found)
		return
	}
	if r.Addresses = unique(slices.Concat(four.found, six.found)); len(r.Addresses) > 0 {
		r.Silent = silentFamily(ctx, known, gaveUp)
		return
	}
	worst := both.err
	for _, p := range []part{four, six} {
		if worst == nil || p.err != nil && isNotFound(worst) {
			worst = p.err // a family of which nothing is known outweighs one without an address
		}
	}
	r.Problem, r.Server = problem(ctx, worst)
}

// silentFamily is the one that was not answered, where the other one was.
func silentFamily(ctx context.Context, known map[string]part, gaveUp bool) evidence.Family {
	for family, pair := range map[evidence.Family][2]string{evidence.IPv4: {"ip4", "ip6"}, evidence.IPv6: {"ip6", "ip4"}} {
		p, came := known[pair[0]]
		if len(known[pair[1]].found) > 0 && (!came && gaveUp || came && p.err != nil && !isNotFound(p.err)) {
			return family
		}
	}
	return ""
}

func unique(found []netip.Addr) (out []netip.Addr) {
	for _, a := range found {
		if a = a.Unmap(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

func isNotFound(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	_, unsuitable := errors.AsType[*net.AddrError](err) // found, but nothing of the wanted family
	return ok && dns.IsNotFound || unsuitable
}

// problem puts an error of the system's resolver into the words of evidence.Resolution.
func problem(ctx context.Context, err error) (problem, server string) {
	if _, unsuitable := errors.AsType[*net.AddrError](err); unsuitable {
		return evidence.LookupNoAddress, ""
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		server = dns.Server
		if dns.IsNotFound {
			return evidence.LookupNotFound, server
		}
		if dns.IsTimeout && ctx.Err() == nil {
			return evidence.LookupTimeout, server
		}
	}
	switch {
	case context.Cause(ctx) == errTimeout:
		return evidence.LookupTimeout, server
	case ctx.Err() != nil:
		return evidence.LookupInterrupted, server
	}
	return evidence.LookupFailed, server
}
