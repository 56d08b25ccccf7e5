// Package realtime is for tests that judge by the clock of the real world.
package realtime

import "testing"

// Judge is called by a test whose verdicts rest on real time. The race detector makes a program five to ten times slower, so that it
// would judge the detector: there such a test is skipped, and the same decisions are judged in the simulated network's virtual time
// (probe/simnet). What runs with the detector must pass.
func Judge(t testing.TB) {
	t.Helper()
	if Raced {
		t.Skip("judges by real time, which the race detector stretches")
	}
}
