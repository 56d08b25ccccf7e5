package simnet

import (
	"net"
	"sync"
	"syscall"
	"time"
)

// memory is what the nodes on the way remember of a connection: the one that forgets first decides.
type memory struct {
	after  time.Duration // 0: none ever forgets
	resets bool

	mu   sync.Mutex
	last time.Time // when something passed
	gone bool
}

// memory begins with the connection. Nothing is kept of how its packets go round a node.
func (n *Network) memory(p packet) *memory {
	m := &memory{last: time.Now()}
	for hop := 1; hop < n.distance(p.to.Addr()); hop++ {
		if o := n.at(hop, p); o.forgets > 0 && (m.after == 0 || o.forgets < m.after) {
			m.after, m.resets = o.forgets, o.resets
		}
	}
	return m
}

// passes reports whether a packet of the connection gets through now.
func (m *memory) passes() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.gone = m.gone || m.after > 0 && now.Sub(m.last) >= m.after
	m.last = now
	return !m.gone
}

// SetKeepAliveConfig lets TCP ask once the connection has been idle so long; without an answer it breaks after as many
// intervals as the other questions take.
func (c *conn) SetKeepAliveConfig(k net.KeepAliveConfig) error {
	time.AfterFunc(k.Idle, func() {
		switch {
		case c.way.passes():
		case c.way.resets:
			c.in.write(nil, syscall.ECONNRESET, 2*c.delay)
		default:
			c.in.write(nil, syscall.ETIMEDOUT, k.Interval*time.Duration(k.Count))
		}
	})
	return nil
}
