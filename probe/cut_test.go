package probe

import (
	"crypto/x509"
	"net"
	"net/netip"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// TestAcceptedAndReset: a port that accepts and resets at once is never closed nor usable, whether
// connect, the first write or the first read meets the reset, in a small run and in a sweep.
func TestAcceptedAndReset(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
	}()
	to := l.Addr().(*net.TCPAddr).AddrPort()
	said := map[string]int{}
	options := Options{NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool()}
	for round := range 200 {
		target := targetOf(to.Addr())
		target.Candidates = []Candidate{{Port: to.Port(), Protocol: evidence.TCP}}
		if round%10 == 0 {
			target.Candidates = sweptAround(to)
		}
		run := Execute(t.Context(), Plan{Targets: []Target{target}, Options: options}, Hooks{})
		for r := range run.Targets[0].All() {
			if r.Port.Port == to.Port() {
				said[r.Verdict.Rule]++
				if r.Verdict.State != verdict.Open || r.Verdict.Reason != verdict.HungUp || r.Verdict.Usable {
					t.Fatalf("round %d: %+v, %+v", round, r.Verdict, r.Port.Attempts)
				}
			}
		}
	}
	t.Log(said)
}

// sweptAround are so many ports around one that they are a large run.
func sweptAround(to netip.AddrPort) (all []Candidate) {
	first := max(int(to.Port())-1000, 1)
	for p := first; p < first+largeRun+100; p++ {
		all = append(all, Candidate{Port: uint16(p), Protocol: evidence.TCP})
	}
	return all
}
