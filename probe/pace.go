package probe

import (
	"context"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// retestLimited asks silent ports of a host once more where a device on its path refuses by ICMP: such
// errors are rate-limited (Linux: six at once, then one a second to an address; IPv6 up to four), so
// silence may be an answer held back. Ports are asked one after another, each when the device may
// answer again; a port that is really dropped costs no more than two short waits.
func (h *host) retestLimited(ctx context.Context, ports []*port) {
	if !h.refusedByICMP() {
		return
	}
	for _, p := range ports {
		if !leftThisComputer(&p.seen) {
			continue
		}
		for try := range 2 {
			gap := refill
			if h.addr.Is6() && try == 0 {
				gap = refill / 4
			}
			if !pause(ctx, time.Until(h.lastError().Add(gap))) {
				return
			}
			if a := h.retest(ctx, p); a.Outcome.Answered() {
				break
			}
		}
	}
}

// refusedByICMP reports whether another port of this host was refused by an ICMP error that a router can limit.
func (h *host) refusedByICMP() bool {
	for _, p := range h.ports {
		select {
		case <-p.settled:
		default:
			continue
		}
		if best := p.seen.Best(); best != nil && best.ICMP != nil && !h.isOwn(best.ICMP) {
			return true
		}
	}
	return false
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
