package words

import (
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

func TestLoopbackIsNotANetwork(t *testing.T) {
	for _, reason := range []verdict.Reason{verdict.NoResponse, verdict.TLSNoResponse, verdict.Reset} {
		s := &Subject{Run: &probe.Run{}, Target: &probe.TargetRun{}, Port: &evidence.Port{Addr: netip.MustParseAddr("127.0.0.1"), Port: 1},
			Verdict: verdict.Verdict{Reason: reason, Confidence: verdict.Certain}}
		if w := s.Words(); strings.Contains(w.Next, "network administrator") || strings.Contains(w.Next, "server's administrator") {
			t.Errorf("%s: %s", reason, w.Next)
		}
	}
}
