package probe

import (
	"context"
	"net/netip"
	"testing"
)

// BenchmarkSweep sweeps all 65,535 ports of a loopback address; nearly all of them refuse.
func BenchmarkSweep(b *testing.B) {
	addr := netip.MustParseAddr("127.0.0.9")
	b.ReportAllocs()
	for b.Loop() {
		sweepLoopback(b, addr, 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/65535, "ns/port")
}

// BenchmarkExecute is the same with the verdicts.
func BenchmarkExecute(b *testing.B) {
	t := targetOf(netip.MustParseAddr("127.0.0.9"), portRange(1, 65535)...)
	b.ReportAllocs()
	for b.Loop() {
		if r := Execute(context.Background(), Plan{Targets: []Target{t}}, nil); r.Targets[0].Count() != 65535 {
			b.Fatal(r.Targets[0].Count())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/65535, "ns/port")
}
