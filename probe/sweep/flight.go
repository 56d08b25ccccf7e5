package sweep

import "time"

// flying is an attempt under way.
type flying struct {
	try, id int32
	sent    time.Duration // since the sweeper began; tells attempts with the same socket apart
}

// fifo is a queue of attempts; it grows where many ended ones wait behind one that is still under way.
type fifo struct {
	ring       []flying
	head, size int
}

func (f *fifo) push(a flying) {
	if f.size == len(f.ring) {
		f.ring = append(append(make([]flying, 0, 2*f.size+1), f.ring[f.head:]...), f.ring[:f.head]...)
		f.ring, f.head = f.ring[:cap(f.ring)], 0
	}
	f.ring[(f.head+f.size)%len(f.ring)] = a
	f.size++
}

func (f *fifo) peek() flying { return f.ring[f.head] }

func (f *fifo) pop() flying {
	a := f.peek()
	f.head = (f.head + 1) % len(f.ring)
	f.size--
	return a
}

// tokenBucket lets rate things a second pass, evenly: no more than a few at once. The zero value lets all pass.
type tokenBucket struct {
	rate, tokens float64
	at           time.Duration
}

// tokenBurst is small, since devices that limit SYNs allow little more (nftables: five).
const tokenBurst = 3

func (b *tokenBucket) take(now time.Duration) bool {
	if b.rate <= 0 {
		return true
	}
	b.tokens = min(tokenBurst, b.tokens+(now-b.at).Seconds()*b.rate)
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
