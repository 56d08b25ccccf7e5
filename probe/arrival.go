package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// atLeast sends a SYN whose answers count only with this TTL or more.
func (h *host) atLeast(ctx context.Context, port uint16, ttl uint8) evidence.Attempt {
	a, conn := h.connect(ctx, socket.Request{MinTTL: ttl, Timeout: h.answerWait()}, port, time.Time{})
	if conn != nil {
		socket.Abort(conn)
	}
	return a
}

// arrival is the TTL with which a port's answers arrive: the largest minimum that still lets them pass,
// known to be at least low, and at most high. 0 if no round of probes was conclusive.
func (h *host) arrival(ctx context.Context, port uint16, low uint8, high int) uint8 {
	for rounds := 0; int(low) < high && rounds < 4; rounds++ {
		const fan = 4
		var marks []uint8
		for step, next := max(1, (high-int(low)+fan-1)/fan), int(low); next < high && len(marks) < fan; {
			next = min(next+step, high)
			marks = append(marks, uint8(next))
		}
		passed := make([]bool, len(marks))
		var wg sync.WaitGroup
		for i, m := range marks {
			wg.Go(func() { passed[i] = fromNearby(h.atLeast(ctx, port, m)) })
		}
		wg.Wait()
		for i, m := range marks {
			if passed[i] {
				low = m
			} else {
				high = min(high, int(m)-1)
			}
		}
	}
	if int(low) < high || low < 255 && h.passes(ctx, port, low+1) {
		return 0
	}
	return low
}

// passes asks again whether answers arrive with at least a TTL: a lost packet must not make them seem to come from
// farther than they do, or the server itself would look like a device on the way.
func (h *host) passes(ctx context.Context, port uint16, ttl uint8) bool {
	tries := 2
	if h.lossy() {
		tries = 2 * confirmTries
	}
	got := make([]bool, tries)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = fromNearby(h.atLeast(ctx, port, ttl)) })
	}
	wg.Wait()
	return slices.Contains(got, true)
}

// arrivalTTL finds the TTL of the reference's answers. Systems start at 64, 128 or 255, and most ways back
// are as long as the way there, so a guess needs few SYNs; a search follows where it fails.
func (h *host) arrivalTTL(ctx context.Context, port uint16, distance uint8) uint8 {
	guess := 64 - (distance - 1)
	exact, above := h.exactly(ctx, port, guess)
	switch {
	case exact && !above:
		return guess
	case !above:
		return h.arrival(ctx, port, 1, 64)
	}
	switch over64, over128 := h.pass2(ctx, port, 65, 129); {
	case over128:
		return h.arrival(ctx, port, 129, 255)
	case over64:
		return h.arrival(ctx, port, 65, 128)
	default:
		return h.arrival(ctx, port, guess, 64)
	}
}

// exactly asks, more than once, whether answers arrive with at least a TTL, and whether with a higher one.
func (h *host) exactly(ctx context.Context, port uint16, ttl uint8) (exact, above bool) {
	var wg sync.WaitGroup
	wg.Go(func() { exact = h.passes(ctx, port, ttl) })
	wg.Go(func() { above = h.passes(ctx, port, ttl+1) })
	wg.Wait()
	return exact, above
}

// pass2 asks whether answers arrive with at least a TTL, and with at least another.
func (h *host) pass2(ctx context.Context, port uint16, a, b uint8) (passesA, passesB bool) {
	var wg sync.WaitGroup
	wg.Go(func() { passesA = fromNearby(h.atLeast(ctx, port, a)) })
	wg.Go(func() { passesB = fromNearby(h.atLeast(ctx, port, b)) })
	wg.Wait()
	return passesA, passesB
}
