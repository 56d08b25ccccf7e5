package speak

import "time"

// spending measures time, where CPU time is not as easily had.
func spending() func() time.Duration {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}
