package simnet

import (
	"fmt"
	"time"
)

// nap is a time in which the client's computer sleeps, since its first packet. The program's own timers go on in virtual time; what
// it asks of the network takes until the computer wakes.
type nap struct{ from, length time.Duration }

// nap reads "10m after 300ms".
func (n *Network) nap(words []string) error {
	if len(words) != 3 || words[1] != "after" {
		return fmt.Errorf("a computer sleeps TIME after TIME")
	}
	length, err := time.ParseDuration(words[0])
	if err != nil {
		return err
	}
	from, err := time.ParseDuration(words[2])
	n.naps = append(n.naps, nap{from, length})
	return err
}

// awake is when the computer is awake: at that time, or later.
func (n *Network) awake(at time.Time) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, nap := range n.naps {
		begin := n.began.Add(nap.from)
		if end := begin.Add(nap.length); !n.began.IsZero() && !at.Before(begin) && at.Before(end) {
			return end
		}
	}
	return at
}

// rest lasts until the computer is awake.
func (n *Network) rest() { time.Sleep(time.Until(n.awake(time.Now()))) }

// Missed is how long the computer has slept since then.
func (n *Network) Missed(since time.Time) (missed time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, nap := range n.naps {
		begin, now := n.began.Add(nap.from), time.Now()
		end := begin.Add(nap.length)
		if since.After(begin) {
			begin = since
		}
		if now.Before(end) {
			end = now
		}
		missed += max(0, end.Sub(begin))
	}
	return missed
}

// Starved is false: virtual time waits for the program.
func (n *Network) Starved() bool { return false }
