package egress

import (
	"context"
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// place finds out of each port up to which of the hops its packets get. All are asked at the last; those that stay silent
// there, by halves.
func (q *question) place(ctx context.Context, rivals []*rival, hops []uint8) {
	others := slices.DeleteFunc(slices.Clone(rivals), func(r *rival) bool {
		if r.port == q.against {
			r.known(q.host.Reference)
		}
		return r.port == q.against
	})
	last := hops[len(hops)-1]
	passed, silent := q.contest(ctx, last, others)
	for hop := last + 1; hop <= q.host.Reference.Distance() && q.host.Reference.Distance() > last+1; hop++ {
		q.arrive(ctx, hop, passed)
	}
	q.halve(ctx, silent, hops[:len(hops)-1])
}

// halve looks among the hops before one at which all these ports are silent.
func (q *question) halve(ctx context.Context, rivals []*rival, hops []uint8) {
	rivals = slices.DeleteFunc(rivals, (*rival).refused)
	if len(rivals) == 0 || len(hops) == 0 || ctx.Err() != nil {
		return
	}
	middle := len(hops) / 2
	passed, silent := q.contest(ctx, hops[middle], rivals)
	q.halve(ctx, passed, hops[middle+1:])
	q.halve(ctx, silent, hops[:middle])
}

// arrive asks as far as to the server where routers before it say nothing: its answer shows that a port gets past them, one from
// nearer that it does not.
func (q *question) arrive(ctx context.Context, hop uint8, rivals []*rival) {
	for some := range slices.Chunk(rivals, batch) {
		for range 2 { // one may get lost
			q.volley(ctx, hop, some)
		}
	}
	answered := slices.ContainsFunc(rivals, func(r *rival) bool { return r.ends[hop].ByTCP() })
	for range lossyTries { // the server may be nearer than the reference's walk, of which packets got lost, has shown
		if !answered || hop >= q.host.Reference.Distance() {
			return
		}
		if a := q.line.Short(ctx, q.against, hop, q.wait(hop)); a.ByTCP() {
			q.host.Reference.Hops[hop-1].Fill(a)
		}
	}
}

// lossyTries are enough to be answered once where packets get lost.
const lossyTries = 6

// known takes over what the reference's own walk showed.
func (r *rival) known(w *evidence.Walk) {
	for _, h := range w.Hops {
		if h.ICMP != nil && h.ICMP.TimeExceeded() {
			r.replies[h.TTL] = evidence.Attempt{TTL: h.TTL, ICMP: h.ICMP, Elapsed: h.RTT, Outcome: evidence.Failed}
		}
	}
}

// seen is what is known of the port: its walk has the hops that were asked, its attempts the rounds that counted at the
// first hop that it does not get to.
func (r *rival) seen(q *question) evidence.Port {
	p := evidence.Port{Addr: q.line.Addr, Port: r.port, Protocol: evidence.TCP}
	w := &evidence.Walk{To: netip.AddrPortFrom(q.line.Addr, r.port), Protocol: evidence.TCP}
	last := uint8(0)
	for hop := range r.replies {
		last = max(last, hop)
	}
	for ttl := uint8(1); ttl <= uint8(len(q.host.Reference.Hops)); ttl++ {
		hop := evidence.Hop{TTL: ttl, Tries: r.silent[ttl]}
		if a, is := r.replies[ttl]; is {
			hop.Fill(a)
		}
		w.Hops = append(w.Hops, hop)
	}
	p.Walk = w
	for hop := last + 1; hop <= uint8(len(w.Hops)) && !r.gaveUp; hop++ {
		if a, is := r.ends[hop]; is {
			p.Attempts = []evidence.Attempt{a}
			return p
		}
		if n := r.silent[hop]; n > 0 {
			p.Attempts = slices.Repeat([]evidence.Attempt{{TTL: hop, Outcome: evidence.Silent}}, n)
			return p
		}
	}
	return p
}

// refused reports that a router said no: its error tells the place.
func (r *rival) refused() bool {
	for _, a := range r.ends {
		if a.ICMP != nil {
			return true
		}
	}
	return false
}
