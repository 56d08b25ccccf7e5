package probe

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// Result is one port of one address with its verdict.
type Result struct {
	Target    int // index in the plan
	Candidate int // index in the target's candidates
	Address   int // index among the target's addresses
	Port      evidence.Port
	Verdict   verdict.Verdict
	Through   *Through       // where the direct way failed and a proxy is set up: the same port through that
	Host      *evidence.Host // what is known of the address, where the result is handed over alone; nil in a Run
}

// TargetRun is what became of one target.
type TargetRun struct {
	Target     Target
	Resolution evidence.Resolution
	Others     map[string]evidence.Resolution // of hosts that a profile names instead of the target
	Hosts      map[netip.Addr]*evidence.Host
	Results    []Result // by candidate, then address
	Bulk       []Bulk   // of a large run: ports that share a verdict; All has both
	Relayed    Relayed  // through a proxy, of a large run
	Met        bool     // the requirement
	Egress     bool     // it was asked how far packets to the ports get, not whether they can be used
	Released   bool     // results and hosts were given up after Hooks.Done
	index      int      // of the target in the plan
	through    *throughs
	referrals  *referrals
}

// resolved keeps what became of a name; "" is the target's own.
func (t *TargetRun) resolved(name string, r evidence.Resolution) {
	if name == "" {
		t.Resolution = r
		return
	}
	if t.Others == nil {
		t.Others = map[string]evidence.Resolution{}
	}
	t.Others[name] = r
}

// ResolutionOf is what became of the name that a candidate is asked by.
func (t *TargetRun) ResolutionOf(c Candidate) *evidence.Resolution {
	if r, ok := t.Others[c.Host]; ok {
		return &r
	}
	return &t.Resolution
}

// AcceptsEveryPort reports whether improbable ports of an address of the target were answered as open.
func (t *TargetRun) AcceptsEveryPort() bool {
	for _, h := range t.Hosts {
		open := 0
		for i := range h.Controls {
			if a := h.Controls[i].Best(); a != nil && a.Outcome == evidence.Connected {
				open++
			}
		}
		if open > 0 && open == len(h.Controls) {
			return true
		}
	}
	return false
}

// Run is a whole run, the report's only source.
type Run struct {
	Started     time.Time
	Elapsed     time.Duration
	Interrupted bool
	Hostname    string
	Addresses   []netip.Addr // this computer's, without loopback
	Proxy       string       // URL, without login, of the first proxy that is set up for a target; "" where none is
	Ways        evidence.Ways
	Requirement verdict.Mode
	Met         bool // every target's requirement
	Targets     []TargetRun
}

// sortResults brings results into the order of All.
func (t *TargetRun) sortResults() {
	slices.SortFunc(t.Results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Candidate, b.Candidate), cmp.Compare(a.Address, b.Address))
	})
}

// finish is for a target all of whose results are known.
func (t *TargetRun) finish() {
	t.sortResults()
	t.Met = t.meets()
}

// meets reports whether the target's requirement holds: a candidate counts if it is usable on one address.
func (t *TargetRun) meets() bool {
	usable := map[int]bool{}
	for i := range t.Results {
		if r := &t.Results[i]; r.Verdict.Usable {
			usable[r.Candidate] = true
		}
	}
	for i := range t.Bulk {
		if !t.Bulk[i].Verdict.Usable {
			continue
		}
		for _, p := range t.Bulk[i].Ports {
			usable[int(p.Candidate)] = true
		}
	}
	return t.Target.Requirement.Met(func(c int) bool { return usable[c] })
}

// Settle says again which requirements are met, after verdicts have changed.
func (out *Run) Settle() {
	out.Met = len(out.Targets) > 0
	for i := range out.Targets {
		t := &out.Targets[i]
		if !t.Released {
			t.Met = t.meets()
		}
		out.Met = out.Met && t.Met
	}
}
