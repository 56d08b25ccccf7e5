package report

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/report/words"
)

// family is what became of one address family of a target.
type family struct {
	family string
	other  string // that works
	// failing are its ports that work by the other.
	failing []*Entry
	absent  bool // this computer has none of it, so that applications fail over at once
	silent  bool // applications wait for an answer that does not come; otherwise they are refused at once
}

// harm is what happens to an application that tries this family first.
func (f *family) harm() string {
	if f.silent {
		return "hang"
	}
	return "fail"
}

// brokenFamily is the family on which no port is usable although the other family's are; nil if there is none.
func brokenFamily(out *TargetView, cs []*candidate) *family {
	usable, tested := map[string]int{}, map[string]int{}
	failing, absent, silent := map[string][]*Entry{}, map[string]int{}, map[string]bool{}
	for _, c := range cs {
		for _, p := range c.ports {
			f := FamilyOf(p)
			if f == "" || p.Usable == nil {
				continue
			}
			tested[f]++
			if p.Reason == string(verdict.NoRoute) || p.Reason == string(verdict.AddressUnavailable) {
				absent[f]++
			}
			silent[f] = silent[f] || p.silent()
			if *p.Usable {
				usable[f]++
			} else if had := failing[f]; c.usable && (len(had) == 0 || had[len(had)-1] != p) { // an entry may stand for many
				failing[f] = append(had, p)
			}
		}
	}
	for f, other := range map[string]string{"IPv6": "IPv4", "IPv4": "IPv6"} {
		if tested[f] > 0 && usable[f] == 0 && usable[other] > 0 {
			return &family{f, other, failing[f], absent[f] == tested[f], silent[f]}
		}
	}
	return nil
}

// silent reports that whoever connects waits in vain, for the connection or for what should be said on it.
func (e *Entry) silent() bool {
	switch verdict.Reason(e.Reason) {
	case verdict.NoResponse, verdict.LocalFirewallDrop, verdict.NeighborUnresolved, verdict.TLSNoResponse,
		verdict.SNINoResponse, verdict.MiddleboxAnswer:
		return !IsTrue(e.Usable)
	}
	return false
}

// FamilyOf is "IPv4", "IPv6" or "".
func FamilyOf(p *Entry) string {
	if p.Address == nil {
		return ""
	}
	a, err := netip.ParseAddr(*p.Address)
	switch {
	case err != nil:
		return ""
	case a.Is4() || a.Is4In6():
		return "IPv4"
	}
	return "IPv6"
}

// sideFindings are what the summary has to say beside the count: families and addresses that fail.
func sideFindings(out *TargetView, cs []*candidate) (parts []string) {
	if f := brokenFamily(out, cs); f != nil {
		if f.absent {
			parts = append(parts, "this computer has no way to "+f.family+" addresses")
		} else {
			parts = append(parts, fmt.Sprintf("%s does not work, %s does", f.family, f.other))
		}
	} else if bad := brokenAddresses(cs); len(bad) > 0 {
		parts = append(parts, "nothing usable at "+phrase.Listed(bad, 3))
	}
	if IsTrue(out.AcceptsEveryPort) {
		parts = append(parts, "every port seems open, so a device answers for the server")
	}
	if n := unfinished(out); n > 0 {
		if n == portCount(out) {
			return append(parts, "the test was interrupted")
		}
		parts = append(parts, phrase.Count(n, "port")+" not finished (interrupted)")
	}
	return parts
}

// brokenAddresses are the addresses without any usable port, where another address has one.
func brokenAddresses(cs []*candidate) (out []string) {
	usable, known := map[string]bool{}, map[string]bool{}
	var order []string
	some := false
	for _, c := range cs {
		for _, p := range c.ports {
			if p.Address == nil || p.Usable == nil {
				continue
			}
			if !known[*p.Address] {
				known[*p.Address] = true
				order = append(order, *p.Address)
			}
			usable[*p.Address] = usable[*p.Address] || *p.Usable
			some = some || *p.Usable
		}
	}
	for _, a := range order {
		if some && !usable[a] {
			out = append(out, a)
		}
	}
	return out
}

func portCount(out *TargetView) (n int) {
	for i := range out.Entries {
		n += len(out.Entries[i].Numbers)
	}
	return n
}

func unfinished(out *TargetView) (n int) {
	for i := range out.Entries {
		if p := out.Entries[i]; p.Reason == "interrupted" {
			n += len(p.Numbers)
		}
	}
	return n
}

// ProfileNote is the code of what a profile's author says of every test with it.
const ProfileNote = "profile"

// targetNotes are findings that hold for the target as a whole, each said once.
func targetNotes(out *TargetView, t *probe.TargetRun, cs []*candidate) (notes []Note) {
	add := func(code, sentence string) { notes = append(notes, Note{Code: code, Sentence: sentence}) }
	if n := t.Resolution.LeftOut; n > 0 {
		more := "1 more address of the name was"
		if n > 1 {
			more = fmt.Sprintf("%d more addresses of the name were", n)
		}
		add("addresses-left-out", more+" not tested: --addresses says how many are, and --exclude which are not.")
	}
	if f := brokenFamily(out, cs); f != nil && !f.absent {
		add(strings.ToLower(f.family)+"-broken",
			fmt.Sprintf("No port is usable over %s, but over %s some are; applications that try %[1]s first may %[3]s.", f.family, f.other,
				f.harm()))
	}
	notes = append(notes, nodes(cs)...)
	notes = append(notes, nameNotes(t)...)
	if IsTrue(out.AcceptsEveryPort) {
		add(
			"accepts-every-port",
			"Ports that nobody uses are answered, too: a device on the way accepts every connection, so only ports where a service "+
				"spoke are "+
				"proven.",
		)
	}
	if n := connectionLimit(t); n > 0 {
		add("connection-limit", fmt.Sprintf("Something on the way, or the server, limits new connections: at about %d a second "+
			"they were answered, faster mostly not.", n))
	}
	if n := t.Relayed; n.Left > 0 {
		add("proxy-asked-for-some", fmt.Sprintf("Of the %d ports that the direct way does not reach, %d were asked for through the proxy, too: "+
			"those of the web first. Name the others with -p to have them asked for, or type --proxy.", n.Asked+n.Left, n.Asked))
	}
	if i, through := inspection(t); i != nil {
		notes = append(notes, words.Inspection(i, through))
	}
	for _, note := range t.Target.Notes {
		add(ProfileNote, phrase.Clean(note))
	}
	if n := unfinished(out); n > 0 {
		add("interrupted", "The test was stopped early: "+phrase.Count(n, "port")+" had no verdict yet.")
	}
	return notes
}

// nameNotes are about the target's name, and those that a profile names instead.
func nameNotes(t *probe.TargetRun) []Note {
	notes := words.NameNotes(&t.Resolution)
	for _, host := range slices.Sorted(maps.Keys(t.Others)) {
		r := t.Others[host]
		notes = append(notes, words.NameNotes(&r)...)
	}
	return notes
}

// connectionLimit is at how many connections a second a server was reached that was not at more; 0: no limit was met.
func connectionLimit(t *probe.TargetRun) (n int) {
	for _, h := range t.Hosts {
		if h != nil {
			n = max(n, h.SYNLimit)
		}
	}
	return n
}

// inspection is who opens TLS on the way, to be said once for all ports; a known product rather than a guess. It is nil
// also where a single port was tested that says so itself.
func inspection(t *probe.TargetRun) (found *evidence.Inspection, through string) {
	said := false
	for i := range t.Results {
		for _, p := range ways(&t.Results[i]) {
			sp := p.Speech
			if sp == nil || sp.TLS == nil || sp.TLS.Inspection == nil {
				continue
			}
			said = len(t.Results) == 1 && t.Results[i].Verdict.State == verdict.Open && sp.TLS.State == evidence.TLSOK
			if found == nil || !found.Sure() && sp.TLS.Inspection.Sure() {
				found, through = sp.TLS.Inspection, ""
				if p.Proxied != nil {
					through = p.Proxied.Proxy
				}
			}
		}
	}
	if said {
		return nil, ""
	}
	return found, through
}

// ways are a port as it was reached, and as it was reached through a proxy beside that.
func ways(r *probe.Result) []*evidence.Port {
	if r.Through == nil {
		return []*evidence.Port{&r.Port}
	}
	return []*evidence.Port{&r.Port, &r.Through.Port}
}
