package probe

import (
	"context"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// retested is how many ports are asked again one by one where a router refuses by ICMP; further ones are taken to be
// behind the same rule if all of these were.
const retested = 40

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
	asked, agree := 0, true
	for _, p := range ports {
		if !leftThisComputer(&p.seen) {
			continue
		}
		if asked == retested && agree {
			h.learn(func(f *evidence.Host) { f.Refusal = refusal })
			return
		}
		asked++
		a := h.retestPatiently(ctx, p)
		agree = agree && a.ICMP != nil && a.ICMP.From == refusal.ICMP.From && a.ICMP.Code == refusal.ICMP.Code
	}
}

// retestPatiently asks a port when the router may answer again, and once more when it has had time for two answers:
// Linux counts an error twice where it is a route that forbids (ip_error and icmp_send share the bucket).
func (h *host) retestPatiently(ctx context.Context, p *port) (a evidence.Attempt) {
	for _, gap := range h.gaps() {
		if !pause(ctx, time.Until(h.lastError().Add(gap))) {
			break
		}
		if a = h.retest(ctx, p); a.Outcome.Answered() {
			break
		}
	}
	return a
}

// gaps are the waits before a router may send another error: IPv6 allows more to one address.
func (h *host) gaps() []time.Duration {
	if h.addr.Is6() {
		return []time.Duration{refill / 4, refill}
	}
	return []time.Duration{refill, 2 * refill}
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
