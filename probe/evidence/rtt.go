package evidence

import "time"

// RoundTrips estimates a host's round trip from samples (RFC 6298, 2). The zero value has seen none. It is not safe for
// concurrent use.
type RoundTrips struct {
	Smoothed time.Duration // 0: no sample yet
	Varies   time.Duration // RTTVAR
	Least    time.Duration // the shortest
}

// Add takes a sample; one of a segment that was sent again is none (Karn's algorithm, RFC 6298, 3).
func (r *RoundTrips) Add(sample time.Duration) {
	if r.Smoothed == 0 {
		*r = RoundTrips{sample, sample / 2, sample}
		return
	}
	r.Varies += ((r.Smoothed - sample).Abs() - r.Varies) / 4
	r.Smoothed += (sample - r.Smoothed) / 8
	r.Least = min(r.Least, sample)
}

// Timeout is how long an answer is waited for before the next try: 200 ms where no sample has been seen, 100 ms to 10 s
// otherwise. It is shorter than RFC 6298's second, since a late answer still counts.
func (r *RoundTrips) Timeout() time.Duration {
	const first, least, most = 200 * time.Millisecond, 100 * time.Millisecond, 10 * time.Second
	if r.Smoothed == 0 {
		return first
	}
	return min(max(r.Smoothed+4*r.Varies, least), most)
}
