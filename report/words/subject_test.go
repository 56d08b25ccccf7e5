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
	for rule, reason := range map[string]verdict.Reason{"silent": verdict.NoResponse, "asked-but-mute": verdict.TLSNoResponse, "refused": verdict.Reset} {
		s := &Subject{Run: &probe.Run{}, Target: &probe.TargetRun{}, Port: &evidence.Port{Addr: netip.MustParseAddr("127.0.0.1"), Port: 1},
			Verdict: verdict.Verdict{Rule: rule, Reason: reason, Confidence: verdict.Certain}}
		if w := s.Words(); strings.Contains(w.Next, "network administrator") || strings.Contains(w.Next, "server's administrator") {
			t.Errorf("%s: %s", reason, w.Next)
		}
	}
}
