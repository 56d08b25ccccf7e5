package words

import (
	"net/netip"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// What becomes of the addresses that a server sends its clients to is said by its name, with what to do.
func TestReferredWords(t *testing.T) {
	end := func(o evidence.Outcome) []evidence.Port {
		return []evidence.Port{{Addr: netip.MustParseAddr("203.0.113.8"), Port: 9092, Protocol: evidence.TCP, Attempts: []evidence.Attempt{{Outcome: o}}}}
	}
	noName := evidence.Referral{To: "kafka-1:9092", Host: "kafka-1", Port: 9092, Resolution: evidence.Resolution{Problem: evidence.LookupNotFound}}
	works := evidence.Referral{To: "kafka-2:9092", Host: "kafka-2", Port: 9092, Reached: end(evidence.Connected)}
	for name, tc := range map[string]struct {
		referred []evidence.Referral
		want     []string
	}{
		"no name": {[]evidence.Referral{noName}, []string{"sends on to kafka-1:9092, which does not resolve here", "answers with Kafka",
			"Ask for kafka-1 in your name server (DNS)", "advertised.listeners"}},
		"itself": {[]evidence.Referral{{To: "localhost:9092", Host: "localhost", Port: 9092, Skipped: evidence.SkippedSelf}},
			[]string{"localhost:9092, which means this computer itself", "announce a name that leads to the server"}},
		"silent": {[]evidence.Referral{{To: "kafka-1:9092", Host: "kafka-1", Port: 9092, Reached: end(evidence.Silent)}},
			[]string{"kafka-1:9092, which gets no answer", "TCP 9092 to kafka-1 to be let through", "whyport kafka-1 -p 9092"}},
		"refused": {[]evidence.Referral{{To: "kafka-1:9092", Host: "kafka-1", Port: 9092, Reached: end(evidence.Refused)}},
			[]string{"which refuses the connection", "whether a service listens on kafka-1:9092"}},
		"some": {[]evidence.Referral{works, noName, noName}, []string{"(and 1 more such)", "2 of the 3 addresses", "kafka-2:9092 accepts connections"}},
	} {
		p := &evidence.Port{Addr: netip.MustParseAddr("203.0.113.7"), Port: 9092, Protocol: evidence.TCP, Referred: tc.referred,
			Attempts: []evidence.Attempt{{Outcome: evidence.Connected}},
			Speech:   &evidence.Speech{Identified: "kafka", Refers: []string{"kafka-1:9092"}, Banner: &evidence.Banner{Bytes: []byte{0}}}}
		s := New(&probe.Run{}, &probe.TargetRun{}, &probe.Result{Port: *p, Verdict: verdict.Judge(p, nil)}, nil)
		said := s.Words()
		all := strings.Join([]string{said.Finding, said.Why, said.Next}, "\n")
		for _, n := range s.Notes() {
			all += "\n" + n.Sentence
		}
		for _, want := range tc.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s: no %q in\n%s", name, want, all)
			}
		}
	}
}
