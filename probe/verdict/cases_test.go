package verdict

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whyport/probe/evidence"
)

func cases(t testing.TB) map[string]Recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	all := map[string]Recorded{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var c Recorded
		if err := json.Unmarshal(b, &c); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all[filepath.Base(f)] = c
	}
	return all
}

func TestCases(t *testing.T) {
	decided := map[string]bool{}
	for name, c := range cases(t) {
		got := Judge(&c.Port, c.Host)
		decided[got.Rule] = true
		if diff := cmp.Diff(c.Verdict, got, cmp.Comparer(sameAddr)); diff != "" {
			t.Errorf("%s (%s): - recorded, + judged\n%s", name, c.From, diff)
		}
		if c.From == "" {
			t.Errorf(`%s does not say where it comes from: "from"`, name)
		}
	}
	for _, r := range rules() {
		if !decided[r.name] {
			t.Errorf("rule %q decides no case: it needs one in probe/verdict/testdata, or a row before it takes all that are there", r.name)
		}
	}
}

// TestRuleNames: a verdict's rule leads to one row.
func TestRuleNames(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules() {
		if seen[r.name] {
			t.Errorf("two rules are called %q", r.name)
		}
		seen[r.name] = true
	}
}

// sound checks what holds of every verdict, whatever the evidence.
func sound(t *testing.T, p *evidence.Port, h *evidence.Host) {
	t.Helper()
	v := Judge(p, h)
	connected := slices.ContainsFunc(p.Attempts, func(a evidence.Attempt) bool { return a.Outcome == evidence.Connected }) ||
		p.Proxied != nil && p.Proxied.Forward != nil
	if (v.State == Open || v.Usable) && !connected {
		t.Errorf("%+v without a connection", v)
	}
	if v.Usable && v.State != Open {
		t.Errorf("usable, but %s", v.State)
	}
	if v.State == Blocked && !positive(p, h) {
		t.Errorf("%+v without anything that blocked", v)
	}
	if v.State == Closed && (p.Proxied == nil || p.Proxied.Outcome != evidence.ProxyRefused) && !slices.ContainsFunc(p.Attempts, func(a evidence.Attempt) bool { return a.Outcome == evidence.Refused || a.ICMP != nil }) {
		t.Errorf("%+v without a refusal", v)
	}
	if w := v.Where; w != nil && w.Confidence == Certain && w.Party != ThisComputer && w.Party != Server {
		t.Errorf("%+v: an address proves no ownership", w)
	}
	if !slices.Contains(States(), v.State) || !slices.Contains(Reasons(), v.Reason) || v.Rule == "" || v.Confidence == "" {
		t.Errorf("%+v is incomplete: is its state in States, its reason in Reasons (verdict.go)?", v)
	}
	for i, c := range v.Caveats {
		if slices.Contains(v.Caveats[:i], c) {
			t.Errorf("%+v: %q twice", v, c)
		}
	}
}

// positive: some packet came, or the kernel knows that none left.
func positive(p *evidence.Port, h *evidence.Host) bool {
	if p.Proxied != nil && p.Proxied.Outcome == evidence.ProxyRefused {
		return true
	}
	if h != nil && (h.Refusal != nil || h.Unreachable != nil) {
		return true
	}
	return slices.ContainsFunc(p.Attempts, func(a evidence.Attempt) bool {
		return a.Outcome.Answered() || a.Local || a.TCP != nil && a.TCP.Retransmits > 0 && a.TCP.TotalRetrans > 0 && a.TCP.Retrans == 0
	})
}

func TestSoundCases(t *testing.T) {
	for name, c := range cases(t) {
		t.Run(name, func(t *testing.T) {
			sound(t, &c.Port, c.Host)
			sound(t, &c.Port, nil)
			sound(t, &c.Port, &evidence.Host{})
		})
	}
}

// TestMixedCases judges each port with every other case's host: evidence that does not belong together must still not
// make the judge claim what nothing shows.
func TestMixedCases(t *testing.T) {
	all := cases(t)
	hosts := slices.Collect(maps.Values(all))
	for _, c := range all {
		for _, other := range hosts {
			sound(t, &c.Port, other.Host)
		}
	}
}

func TestZeroEvidence(t *testing.T) {
	for _, h := range []*evidence.Host{nil, {}} {
		v := Judge(&evidence.Port{}, h)
		if v.State != Unknown || v.Reason != NotTested || v.Usable || v.Where != nil {
			t.Errorf("%+v", v)
		}
	}
	var zero Verdict
	if zero.State == Open || zero.State == Blocked || zero.Usable {
		t.Errorf("the zero verdict claims something: %+v", zero)
	}
}

// FuzzJudge feeds evidence as JSON: whatever it is, the judge neither panics nor claims what nothing shows.
func FuzzJudge(f *testing.F) {
	for _, c := range cases(f) {
		port, err := json.Marshal(c.Port)
		if err != nil {
			f.Fatal(err)
		}
		host, err := json.Marshal(c.Host)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(port, host)
	}
	f.Fuzz(func(t *testing.T, port, host []byte) {
		var p evidence.Port
		var h *evidence.Host
		if json.Unmarshal(port, &p) != nil || json.Unmarshal(host, &h) != nil {
			return
		}
		sound(t, &p, h)
	})
}
