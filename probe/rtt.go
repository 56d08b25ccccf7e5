package probe

import (
	"sync"
	"time"
)

// rtt is the smoothed round-trip time to a host (RFC 6298, 2), and the shortest seen.
type rtt struct {
	mu          sync.Mutex
	srtt, least time.Duration
}

func (r *rtt) add(sample time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.srtt == 0 {
		r.srtt, r.least = sample, sample
		return
	}
	r.srtt += (sample - r.srtt) / 8
	r.least = min(r.least, sample)
}

// get is 0 as long as nothing answered.
func (r *rtt) get() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.srtt
}
