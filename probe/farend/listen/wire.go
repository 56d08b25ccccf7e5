package listen

import (
	"context"
	"time"
)

// wireEvery is how often the book is looked through for SYNs that came to nothing.
const wireEvery = 250 * time.Millisecond

// watchWire tells of captured SYNs that came to nothing: what this computer's firewall drops is never half-open, and what is another
// program's is not this one's to accept.
func (l *Listener) watchWire(ctx context.Context) {
	pause := time.NewTicker(wireEvery)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		for _, s := range l.book.failed(lastsFor) {
			l.tellHalfOpen(s.port, halfOpenPeer{s.local, s.remote})
		}
	}
}
