// Package path finds out how far packets get on the way to an address, and where an answer was made: walks with growing
// TTLs, and the TTL with which answers arrive. It says what was seen and decides nothing.
package path

import (
	"sync"

	"whyport/probe/evidence"
	"whyport/probe/line"
)

// Tracer looks at the path of one line.
type Tracer struct {
	Line  *line.Line
	Names *Names // of the routers; nil: they are not looked up

	mu    sync.Mutex
	first map[uint16]evidence.Attempt // by port: a router's answer to a SYN with TTL 1 that no walk has used yet
}

// Remember keeps the first router's answer to a SYN with TTL 1, so that a walk to the same port need not ask it again.
func (t *Tracer) Remember(port uint16, a evidence.Attempt) {
	if a.ICMP == nil || !a.ICMP.TimeExceeded() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first == nil {
		t.first = map[uint16]evidence.Attempt{}
	}
	t.first[port] = a
}

// recall gives a remembered answer away.
func (t *Tracer) recall(port uint16) (a evidence.Attempt, is bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, is = t.first[port]
	delete(t.first, port)
	return a, is
}
