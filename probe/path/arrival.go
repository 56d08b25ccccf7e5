package path

import (
	"context"
	"slices"
	"sync"
)

// Arrival is the TTL with which a port's answers arrive: the largest minimum that still lets them pass,
// known to be at least low, and at most high. 0 if no round of probes was conclusive.
func (t *Tracer) Arrival(ctx context.Context, port uint16, low uint8, high int) uint8 {
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
			wg.Go(func() { passed[i] = t.arrives(ctx, port, m) })
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
	if low <= 1 || int(low) < high || low < 255 && t.Arrives(ctx, port, low+1) { // with 1 nothing has passed at all
		return 0
	}
	return low
}

// Arrives asks again whether answers arrive with at least a TTL: a lost packet must not make them seem to come from
// farther than they do, or the server itself would look like a device on the way.
func (t *Tracer) Arrives(ctx context.Context, port uint16, ttl uint8) bool {
	tries := 2
	if t.Line.Lossy() {
		tries = 2 * ConfirmTries
	}
	got := make([]bool, tries)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = t.arrives(ctx, port, ttl) })
	}
	wg.Wait()
	passed := slices.Contains(got, true)
	if passed && slices.Contains(got, false) {
		t.Line.NoteLoss() // the same question was answered and not
	}
	return passed
}

// ArrivalTTL finds the TTL of the reference's answers. Systems start at 64, 128 or 255, and most ways back
// are as long as the way there, so a guess needs few SYNs; a search follows where it fails.
//
// A port that answers otherwise, and whose answers seem to arrive with no TTL at all, has met loss: it is asked once more,
// more often. Without the TTL a device next to the server could not be told from it.
func (t *Tracer) ArrivalTTL(ctx context.Context, port uint16, distance uint8) uint8 {
	ttl := t.arrivalTTL(ctx, port, distance)
	if ttl == 0 && ctx.Err() == nil {
		t.Line.NoteLoss()
		ttl = t.arrivalTTL(ctx, port, distance)
	}
	return ttl
}

func (t *Tracer) arrivalTTL(ctx context.Context, port uint16, distance uint8) uint8 {
	guess := 64 - (distance - 1)
	exact, above := t.exactly(ctx, port, guess)
	switch {
	case exact && !above:
		return guess
	case !above:
		return t.Arrival(ctx, port, 1, 64)
	}
	switch over64, over128 := t.both(ctx, port, 65, 129); {
	case over128:
		return t.Arrival(ctx, port, 129, 255)
	case over64:
		return t.Arrival(ctx, port, 65, 128)
	default:
		return t.Arrival(ctx, port, guess, 64)
	}
}

// exactly asks, more than once, whether answers arrive with at least a TTL, and whether with a higher one.
func (t *Tracer) exactly(ctx context.Context, port uint16, ttl uint8) (exact, above bool) {
	var wg sync.WaitGroup
	wg.Go(func() { exact = t.Arrives(ctx, port, ttl) })
	wg.Go(func() { above = t.Arrives(ctx, port, ttl+1) })
	wg.Wait()
	return exact, above
}

// both asks whether answers arrive with at least a TTL, and with at least another.
func (t *Tracer) both(ctx context.Context, port uint16, a, b uint8) (a1, b1 bool) {
	var wg sync.WaitGroup
	wg.Go(func() { a1 = t.arrives(ctx, port, a) })
	wg.Go(func() { b1 = t.arrives(ctx, port, b) })
	wg.Wait()
	return a1, b1
}

// arrives asks once whether a port's answers arrive with at least a TTL.
func (t *Tracer) arrives(ctx context.Context, port uint16, ttl uint8) bool {
	a := t.Line.AtLeast(ctx, port, ttl)
	return a.ByTCP()
}
