//go:build !unix

package realtime

import "time"

// CPU measures what this process computes from now on: at most the time that passes.
func CPU() func() time.Duration {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}
