package probe

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
