package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/line"
	"whyport/probe/socket"
	"whyport/probe/verdict"
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
		p.giveUpLingering() // its retransmits would use up what the router may send
	}
	if refusal.ICMP.Unreachable() && h.line.LeastRTT() == 0 {
		h.learn(func(f *evidence.Host) { f.Unreachable = refusal }) // of the host, whatever the port
		return
	}
	waiting := slices.DeleteFunc(slices.Clone(ports), func(p *port) bool { return !verdict.LeftThisComputer(&p.seen) })
	if waiting = h.heldBack(ctx, waiting, refusal); len(waiting) == 0 {
		return
	}
	h.counting.since = h.line.LastError()
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
		agree = h.retestPatiently(ctx, p).SameError(refusal) && agree
	}
	if len(rest) > 0 && agree {
		h.learn(func(f *evidence.Host) { f.Refusal = refusal })
	}
}

// heldBack asks the silent ports at once, and then a port that is known to be refused: if that is refused again, the device
// had errors left, and those that stay silent are not refused by it. Over IPv6, where it gets new ones ten times a second, the
// known port is asked twice: between the two turns it gets one more at the most. A round in which a silent port answers proves
// nothing of the others. It returns the ports of which that is not known.
func (h *host) heldBack(ctx context.Context, waiting []*port, refusal *evidence.Attempt) []*port {
	known := slices.IndexFunc(h.ports, func(p *port) bool {
		return p.isSettled() && p.seen.Best() != nil && p.seen.Best().SameError(refusal)
	})
	if known < 0 || len(waiting) == 0 {
		return waiting
	}
	needed, asks := 1, 1
	if h.scout != nil {
		needed = 2 // what the sweep drew on the device's errors is not counted: its next one may come between the two
	}
	if h.line.Lossy() {
		needed = 3
	}
	if h.line.Addr.Is6() {
		asks = 2
	}
	const most = 5
	for range most {
		if !line.Pause(ctx, h.line.Limits.Tokens.Until(refusal.ICMP.From, asks)) {
			return waiting
		}
		again := make([]evidence.Attempt, asks)
		var asking sync.WaitGroup
		asking.Go(func() { each(waiting, func(p *port) { h.retest(ctx, p) }) })
		if line.Pause(ctx, 10*time.Millisecond) { // after the others have left, before the device may have got new errors
			for i := range again {
				asking.Go(func() { again[i] = h.line.Short(ctx, h.ports[known].want.Port, 0, h.line.AnswerWait()) })
			}
		}
		asking.Wait()
		before := len(waiting)
		waiting = slices.DeleteFunc(slices.Clone(waiting), func(p *port) bool { return p.seen.Answered() > 0 })
		held := slices.ContainsFunc(again, func(a evidence.Attempt) bool { return !a.SameError(refusal) })
		if !held && len(waiting) == before {
			needed--
		}
		if needed == 0 || len(waiting) == 0 {
			return nil
		}
	}
	return waiting
}

// refusesAll reports that nothing of the host has answered, and that ports which nobody uses are refused alike.
func (h *host) refusesAll(ctx context.Context, controls []*port, refusal *evidence.Attempt) bool {
	if h.line.LeastRTT() > 0 || len(controls) == 0 {
		return false
	}
	for _, c := range controls {
		if best := c.seen.Best(); best.ICMP == nil && !h.retestPatiently(ctx, c).SameError(refusal) ||
			best.ICMP != nil && !best.SameError(refusal) {
			return false
		}
	}
	h.awaitControls(ctx, controls) // what they have got now
	return true
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
	gap, long := refill, later(h.line.LastError(), c.since).Add(2*refill)
	if h.line.Addr.Is6() { // more are allowed to one address, and counted once
		gap, long, c.quick = refill/4, h.line.LastError().Add(refill), 2
	}
	hasty := c.once() || c.slow && !c.twice
	if hasty {
		if !line.Pause(ctx, time.Until(h.line.LastError().Add(gap))) {
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
	if !line.Pause(ctx, time.Until(long)) {
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
		if p.isSettled() && p.seen.Best() != nil && p.seen.Best().SameError(refusal) {
			n++
		}
	}
	return n
}

// refusal is an ICMP error that a router can limit, received for any of the ports; nil if there was none.
func (h *host) refusal(ports []*port) *evidence.Attempt {
	facts := h.snapshot()
	for _, p := range ports {
		if p.isSettled() {
			if refused := verdict.Refused(&p.seen, facts); refused != nil {
				return refused
			}
		}
	}
	return nil
}

func (h *host) retest(ctx context.Context, p *port) evidence.Attempt {
	a, conn := h.line.Connect(ctx, socket.Request{Timeout: h.line.AnswerWait()}, p.want.Port, p.begun)
	if conn != nil {
		socket.Abort(conn)
		h.reask(ctx, p)
		return a
	}
	p.seen.Attempts = append(p.seen.Attempts, a)
	h.noteLoss(p)
	return a
}
