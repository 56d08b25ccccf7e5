package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// retested is how many ports are asked again one by one where a router refuses by ICMP, sampled how many where it refuses
// ports that nobody uses, too; further ones are taken to be behind the same rule if all of these were.
const (
	retested = 40
	sampled  = 4
)

// retestLimited asks silent ports of a host once more where a device on its path refuses by ICMP: such
// errors are rate-limited (Linux: six at once, then one a second to an address; IPv6 up to four), so
// silence may be an answer held back. Ports are asked one after another, each when the device may
// answer again; a port that is really dropped costs no more than two short waits.
func (h *host) retestLimited(ctx context.Context, ports, controls []*port) {
	refusal := h.refusal(slices.Concat(h.ports, controls))
	if refusal == nil {
		return
	}
	for _, p := range slices.Concat(ports, controls) {
		p.dropLate() // its retransmits would use up what the router may send
	}
	if unreachable(refusal.ICMP) && h.rtt.get() == 0 {
		h.learn(func(f *evidence.Host) { f.Unreachable = refusal }) // of the host, whatever the port
		return
	}
	waiting := slices.DeleteFunc(slices.Clone(ports), func(p *port) bool { return !leftThisComputer(&p.seen) })
	h.counting.since = h.lastError()
	if refused := h.refusedBy(refusal); refused <= 3 && (refused > 1 || len(waiting) > 2) {
		h.counting.since = time.Now() // a bucket of six was not enough: the SYNs since then were counted, too
	}
	most := retested
	if len(waiting) > sampled+len(controls) && h.refusesAll(ctx, controls, refusal) {
		most = sampled
	}
	sample, rest := spreadSample(waiting, most)
	agree := true
	for _, p := range sample {
		agree = sameRefusal(h.retestPatiently(ctx, p), refusal) && agree
	}
	if len(rest) > 0 && agree {
		h.learn(func(f *evidence.Host) { f.Refusal = refusal })
	}
}

// refusesAll reports that nothing of the host has answered, and that ports which nobody uses are refused alike.
func (h *host) refusesAll(ctx context.Context, controls []*port, refusal *evidence.Attempt) bool {
	if h.rtt.get() > 0 || len(controls) == 0 {
		return false
	}
	for _, c := range controls {
		if best := c.seen.Best(); best.ICMP == nil && !sameRefusal(h.retestPatiently(ctx, c), refusal) ||
			best.ICMP != nil && !sameRefusal(*best, refusal) {
			return false
		}
	}
	h.awaitControls(ctx, controls) // what they have got now
	return true
}

func sameRefusal(a evidence.Attempt, refusal *evidence.Attempt) bool {
	return a.ICMP != nil && a.ICMP.From == refusal.ICMP.From && a.ICMP.Type == refusal.ICMP.Type && a.ICMP.Code == refusal.ICMP.Code
}

// counting is how a device that refuses counts its errors, as far as is known. Linux counts one twice where it is an
// IPv4 route that forbids (ip_error and icmp_send share the bucket), and in vain where the bucket has only one: whoever
// asks every second never hears anything.
type counting struct {
	since time.Time // that something drew on the bucket, at the earliest
	slow  bool      // an answer came after two refills
	quick int       // answers in a row after one
	twice bool
}

// once: two answers in a row after one refill each; the first of them may have been left over.
func (c *counting) once() bool { return c.quick > 1 }

// retestPatiently asks a port when the router may answer again, and once more when it has had more time.
func (h *host) retestPatiently(ctx context.Context, p *port) (a evidence.Attempt) {
	c := &h.counting
	gap, long := refill, later(h.lastError(), c.since).Add(2*refill)
	if h.addr.Is6() { // more are allowed to one address, and counted once
		gap, long, c.quick = refill/4, h.lastError().Add(refill), 2
	}
	hasty := c.once() || c.slow && !c.twice
	if hasty {
		if !pause(ctx, time.Until(h.lastError().Add(gap))) {
			return a
		}
		if a = h.retest(ctx, p); a.Outcome.Answered() {
			c.quick++
			return a
		}
		if !c.once() {
			long = time.Now().Add(2 * refill)
		}
	}
	if !pause(ctx, time.Until(long)) {
		return a
	}
	if a = h.retest(ctx, p); a.ICMP != nil {
		c.slow, c.twice = true, c.twice || hasty && !c.once()
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// refusedBy counts the host's ports that the same device has refused.
func (h *host) refusedBy(refusal *evidence.Attempt) (n int) {
	for _, p := range h.ports {
		if p.isSettled() && p.seen.Best() != nil && sameRefusal(*p.seen.Best(), refusal) {
			n++
		}
	}
	return n
}

// refusal is an ICMP error that a router can limit, received for any of the ports; nil if there was none.
func (h *host) refusal(ports []*port) *evidence.Attempt {
	for _, p := range ports {
		if p.isSettled() {
			if best := p.seen.Best(); best != nil && best.ICMP != nil && !h.isOwn(best.ICMP) && p.want.Protocol == evidence.TCP {
				return best
			}
		}
	}
	return nil
}

// unreachable: a router has no route to the host, or nobody there: what it says of one port holds for all.
func unreachable(i *evidence.ICMP) bool {
	if i.V6() {
		return i.Type == 1 && (i.Code == 0 || i.Code == 3)
	}
	return i.Type == 3 && (i.Code == 0 || i.Code == 1)
}

// lastError is when a router last sent an ICMP error: until some time later it owes none.
func (h *host) lastError() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lastICMP
}

func (h *host) retest(ctx context.Context, p *port) evidence.Attempt {
	a, conn := h.connect(ctx, socket.Request{Timeout: h.answerWait()}, p.want.Port, p.begun)
	if conn != nil {
		socket.Abort(conn)
		h.reask(ctx, p)
		return a
	}
	p.seen.Attempts = append(p.seen.Attempts, a)
	return a
}
