package report

import (
	"net/netip"
	"testing"
	"time"

	"whyport/probe/evidence"
)

// TestAttemptDetail: a log or a capture is searched for the source ports, and a local drop is seen in the kernel's repeats.
func TestAttemptDetail(t *testing.T) {
	silent := func(port uint16, took time.Duration, info *evidence.TCPInfo) evidence.Attempt {
		a := evidence.Attempt{Outcome: evidence.Silent, Elapsed: took, TCP: info}
		if port != 0 {
			a.Source = netip.AddrPortFrom(netip.MustParseAddr("10.1.0.2"), port)
		}
		return a
	}
	early := &evidence.TCPInfo{}
	for want, as := range map[string][]evidence.Attempt{
		"from 10.1.0.2:4000, after 400 ms":                                        {silent(4000, 400*time.Millisecond, early)},
		"2 attempts, from 10.1.0.2:4001, after 400 ms":                            {silent(0, 400*time.Millisecond, nil), silent(4001, 400*time.Millisecond, nil)},
		"3 attempts, from 10.1.0.2 ports 4000, 4007, 4001, after 350 ms to 1.3 s": {silent(4000, 1300*time.Millisecond, nil), silent(4007, 900*time.Millisecond, early), silent(4001, 350*time.Millisecond, early)},
		"2 attempts, from 10.1.0.2 ports 4000, 4001, after 350 ms to 1.2 s, repeated by the system 1 time": {
			silent(4000, 1200*time.Millisecond, &evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1, Retrans: 1}), silent(4001, 350*time.Millisecond, early)},
		"from 10.1.0.2:4000, after 1.2 s, the system's repeats were dropped in this computer": {
			silent(4000, 1200*time.Millisecond, &evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1})},
		"from 10.1.0.2:4000, after 1.2 s, the system's repeats never left its queue": {
			silent(4000, 1200*time.Millisecond, &evidence.TCPInfo{Retransmits: 1})},
	} {
		if got := attemptDetail(as); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
