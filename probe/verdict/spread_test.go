package verdict

import (
	"net/netip"
	"slices"
	"testing"

	"whyport/probe/evidence"
)

// looked is a judged port of a unit.
func looked(state State, outcome evidence.Outcome, where string) *Looked {
	r := &Looked{Verdict: Verdict{State: state}, Port: &evidence.Port{Attempts: []evidence.Attempt{{Outcome: outcome}}}}
	if where != "" {
		r.Verdict.Where = &Where{Address: netip.MustParseAddr(where)}
	}
	return r
}

func TestSpread(t *testing.T) {
	const n = 10
	all := make([]evidence.Swept, n)
	for i := range n {
		all[i] = evidence.Swept{Outcome: evidence.SweptSilent, Tries: 2}
	}
	all[4], all[9] = evidence.Swept{Outcome: evidence.SweptRefused, Tries: 1, Micros: 100}, evidence.Swept{}
	judged := map[int]*Looked{
		1: looked(Filtered, evidence.Silent, "10.0.0.1"),
		3: looked(Filtered, evidence.Silent, "10.0.0.1"),
		6: looked(Filtered, evidence.Silent, "10.0.0.2"),
		7: looked(Open, evidence.Connected, ""), // open since the sweep: speaks for nobody
	}
	states := map[int]string{}
	s := Sweep{Host: &evidence.Host{Addr: netip.MustParseAddr("198.18.0.2")}, Swept: all, Looked: judged}
	for _, b := range s.Spread() {
		for _, m := range b.Members {
			if _, twice := states[int(m)]; twice {
				t.Errorf("member %d is in two groups", m)
			}
			where := ""
			if b.Verdict.Where != nil {
				where = " " + b.Verdict.Where.Address.String()
			}
			states[int(m)] = string(b.Verdict.State) + where
		}
	}
	want := map[int]string{
		0: "filtered 10.0.0.1", 2: "filtered 10.0.0.1", // before and between what agrees
		4: "closed 198.18.0.2", // of its own
		5: "filtered",          // between places that differ: none is named
		8: "filtered 10.0.0.2", // not the open port's
		9: "unknown",           // never asked
	}
	if len(states) != len(want) {
		t.Errorf("%v", states)
	}
	for i, s := range want {
		if states[i] != s {
			t.Errorf("port %d: %q, want %q", i, states[i], s)
		}
	}
}

// TestAgrees: an ICMP error explains silence and rejections, never a RST or a SYN-ACK.
func TestAgrees(t *testing.T) {
	rst := looked(Closed, evidence.Refused, "")
	icmp := looked(Blocked, evidence.Refused, "")
	icmp.Port.Attempts[0].ICMP = &evidence.ICMP{Type: 3, Code: 3}
	for o, want := range map[evidence.SweptOutcome][2]bool{evidence.SweptOpen: {false, false}, evidence.SweptRefused: {true, false}, evidence.SweptRejected: {true, true}, evidence.SweptFailed: {false, true}, evidence.SweptSilent: {false, true}} {
		if got := [2]bool{evidence.Swept{Outcome: o}.Agrees(rst.Port), evidence.Swept{Outcome: o}.Agrees(icmp.Port)}; got != want {
			t.Errorf("outcome %d: RST and ICMP %v, want %v", o, got, want)
		}
	}
}

// TestShared: one port's verdict is never surer for the others.
func TestForOthers(t *testing.T) {
	for from, want := range map[Confidence]Confidence{Certain: Likely, Likely: Likely, Possible: Possible} {
		got := forOthers(forOthers(Verdict{Confidence: from}))
		if got.Confidence != want || !slices.Equal(got.Caveats, []Caveat{SameRule}) {
			t.Errorf("%s: %+v, want %s", from, got, want)
		}
	}
}

// TestDoubt: only silence on the way is doubted, not what this computer knows of itself.
func TestDoubt(t *testing.T) {
	where := &Where{Hop: 2}
	own := Verdict{State: Blocked, Reason: LocalFirewallDrop, Confidence: Certain, Where: where}
	if got := doubt(own); got.Confidence != Certain || got.Where != where || len(got.Caveats) > 0 {
		t.Errorf("%+v", got)
	}
	silent := Verdict{State: Filtered, Reason: NoResponse, Confidence: Likely, Where: where, Caveats: []Caveat{SameRule}}
	if got := doubt(silent); got.Confidence != Possible || got.Where != nil || !slices.Equal(got.Caveats, []Caveat{Lossy}) {
		t.Errorf("%+v", got)
	}
}

// TestLeftThisComputer reads TCP_INFO after the first retransmit, as measured on Linux 6.18.
func TestLeftThisComputer(t *testing.T) {
	for _, c := range []struct {
		info *evidence.TCPInfo
		left bool
	}{
		{nil, true},
		{&evidence.TCPInfo{}, true},
		{&evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1, Retrans: 1}, true},
		{&evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1}, false},
		{&evidence.TCPInfo{Retransmits: 1}, false},
	} {
		if got := LeftThisComputer(&evidence.Port{Attempts: []evidence.Attempt{{TCP: c.info}}}); got != c.left {
			t.Errorf("%+v: %v", c.info, got)
		}
	}
}
