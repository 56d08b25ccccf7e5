package line

import (
	"net/netip"
	"sync"
	"time"
)

// Tokens guess how many ICMP errors a router still owes this computer. Linux keeps a bucket of six for each
// destination, refilled once a second (icmp_ratelimit, XRLIM_BURST_FACTOR); other traffic draws on it, too.
type Tokens struct {
	mu   sync.Mutex
	left map[netip.Addr]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

const bucketSize = 6

func (t *Tokens) spend(router netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.left == nil {
		t.left = map[netip.Addr]bucket{}
	}
	now := time.Now()
	b := t.left[router].refilled(now)
	b.tokens = max(0, b.tokens-1)
	t.left[router] = b
}

// Scarce reports whether a silent router may only have used its tokens up.
func (t *Tokens) Scarce(router netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	const margin = 3.5 // more than half of the bucket has been spent
	return t.left[router].refilled(time.Now()).tokens < margin
}

// Left is how many errors a router is likely to owe now.
func (t *Tokens) Left(router netip.Addr) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(t.left[router].refilled(time.Now()).tokens)
}

// Until is how long to wait before a router may owe n errors.
func (t *Tokens) Until(router netip.Addr, n int) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	missing := min(float64(n), bucketSize) - t.left[router].refilled(time.Now()).tokens
	return time.Duration(max(0, missing) * float64(time.Second))
}

func (b bucket) refilled(now time.Time) bucket {
	if b.at.IsZero() {
		return bucket{bucketSize, now}
	}
	return bucket{min(bucketSize, b.tokens+now.Sub(b.at).Seconds()), now}
}
