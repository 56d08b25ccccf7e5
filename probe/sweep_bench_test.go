package probe

import (
	"context"
	"fmt"
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

// BenchmarkGrowth tests more and more ports of one address, and one port of more and more addresses: the cost of a probe
// and the bytes allocated for it should stay what they are.
func BenchmarkGrowth(b *testing.B) {
	for _, size := range []struct{ hosts, ports int }{{1, 1000}, {1, 8000}, {1, 65535}, {16, 1000}, {250, 20}, {1000, 20}, {4000, 20}} {
		b.Run(fmt.Sprintf("%d_hosts_%d_ports", size.hosts, size.ports), func(b *testing.B) {
			var plan Plan
			for i := range size.hosts {
				plan.Targets = append(plan.Targets, targetOf(netip.AddrFrom4([4]byte{127, 11, byte(i >> 8), byte(i)}), portRange(1, size.ports)...))
			}
			b.ReportAllocs()
			for b.Loop() {
				Execute(b.Context(), plan, Hooks{Done: func(*Run, int) {}})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size.hosts*size.ports), "ns/probe")
		})
	}
}

// BenchmarkExecute is BenchmarkSweep with the verdicts.
func BenchmarkExecute(b *testing.B) {
	t := targetOf(netip.MustParseAddr("127.0.0.9"), portRange(1, 65535)...)
	b.ReportAllocs()
	for b.Loop() {
		if r := Execute(context.Background(), Plan{Targets: []Target{t}}, Hooks{}); r.Targets[0].Count() != 65535 {
			b.Fatal(r.Targets[0].Count())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/65535, "ns/port")
}
