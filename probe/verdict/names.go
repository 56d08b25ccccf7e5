package verdict

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
)

// Extended DNS errors (RFC 8914, 4) that mean a policy keeps the name from its address.
const (
	forgedAnswer = 4 // "for policy reasons"
	blocked      = 15
	censored     = 16
	filteredName = 17
)

// NothingToTest reports whether a name has no address that something can be sent to.
func NothingToTest(r *evidence.Resolution) bool {
	return r.Problem != "" || len(r.Withheld) > 0 && len(r.Addresses) == 0
}

// Sinkhole reports whether an address of a name is no server's: 0.0.0.0 and :: (which mean this computer, to most systems),
// this computer itself for a public name, or what a name server says it answers instead of the truth.
func Sinkhole(r *evidence.Resolution, a netip.Addr) bool {
	if a.IsUnspecified() || a.IsLoopback() && evidence.PublicName(r.Name) && !r.OwnName {
		return true
	}
	return slices.ContainsFunc(r.Asked, func(n evidence.NameAnswer) bool { return SaysBlocked(&n) && slices.Contains(n.Addresses, a) })
}

// AnyName is what a name server said of a name that nobody has, where that leads to the same address as the name: the address
// then proves nothing of the name. Of two such answers it is the one about the name's own domain; nil: there is none.
func AnyName(r *evidence.Resolution) (found *evidence.NameAnswer) {
	for i := range r.Invented {
		if a := &r.Invented[i]; a.Complete() && (a.Shares(r.Addresses) || a.Shares(r.Withheld)) {
			found = a
		}
	}
	return found
}

// SaysBlocked reports whether a name server says that a policy decided.
func SaysBlocked(a *evidence.NameAnswer) bool {
	return a.Has(forgedAnswer, blocked, censored, filteredName)
}

// Unresolved is the verdict on a port whose name has no address to test.
func Unresolved(r *evidence.Resolution) Verdict {
	n := &named{r, r.Of(r.Name)}
	for _, rule := range nameRules() {
		if rule.when(n) {
			return Verdict{State: Unknown, Reason: rule.reason, Confidence: Certain, Rule: rule.name}
		}
	}
	return Verdict{State: Unknown, Reason: NotTested, Confidence: Certain, Rule: unresolved}
}

// named is a resolution with what name servers said of the name as it was typed.
type named struct {
	*evidence.Resolution
	direct []*evidence.NameAnswer
}

// nameRule is a row of the table of names: the first whose condition holds decides.
type nameRule struct {
	name   string
	reason Reason
	when   func(*named) bool
}

// nameRules: what the system's resolver and the name servers said, the most telling first.
func nameRules() []nameRule {
	return []nameRule{
		{"name-interrupted", Interrupted, func(n *named) bool { return n.Problem == evidence.LookupInterrupted }},
		{"name-leads-here", NameBlocked, func(n *named) bool { return n.withheld() && !slices.ContainsFunc(n.Withheld, notLoopback) }},
		{"name-sinkhole", NameBlocked, (*named).withheld},
		{"name-blocked", NameBlocked, func(n *named) bool { return n.Problem != "" && slices.ContainsFunc(n.Asked, valueOf(SaysBlocked)) }},
		{"name-refused", NameRefused, func(n *named) bool { return n.Problem != "" && n.says("REFUSED") && !n.known() }},
		{"name-other-family", NoAddress, func(n *named) bool { return n.Problem == evidence.LookupNoAddress }},
		{"name-answer-cut", NameServerTimeout, func(n *named) bool { return n.Problem != "" && slices.ContainsFunc(n.direct, cut) }},
		{"name-family-silent", NameServerTimeout, func(n *named) bool {
			return n.Problem != "" && n.known() && !n.says("NXDOMAIN") && n.ended(evidence.Unanswered)
		}},
		{"name-without-address", NoAddress, func(n *named) bool {
			return n.Problem == evidence.LookupNotFound && n.says("NOERROR") && !n.says("NXDOMAIN") && !n.ended(evidence.Garbled)
		}},
		{"name-not-found", NameNotFound, func(n *named) bool { return n.Problem == evidence.LookupNotFound && !n.ended(evidence.Garbled) }},
		{"name-server-timeout", NameServerTimeout, func(n *named) bool { return n.Problem == evidence.LookupTimeout }},
		{"name-server-unreachable", NameServerFailure, func(n *named) bool {
			return n.Problem != "" && n.ended(evidence.NotReached) && !n.ended(evidence.Answered)
		}},
		{"name-server-failure", NameServerFailure, func(n *named) bool { return n.Problem != "" }},
	}
}

func (n *named) withheld() bool {
	return n.Problem == "" && len(n.Withheld) > 0 && len(n.Addresses) == 0
}

func (n *named) says(rcode string) bool {
	return slices.ContainsFunc(n.direct, func(a *evidence.NameAnswer) bool { return a.Says(rcode) })
}

func (n *named) ended(how evidence.Dialogue) bool {
	return slices.ContainsFunc(n.direct, func(a *evidence.NameAnswer) bool { return a.End == how })
}

// known reports whether a name server said what there is, if only that there is nothing.
func (n *named) known() bool {
	return n.says("NOERROR") || n.says("NXDOMAIN") ||
		slices.ContainsFunc(n.direct, func(a *evidence.NameAnswer) bool { return a.Complete() && len(a.Addresses) > 0 })
}

// cut reports an answer that does not fit a datagram and does not come over TCP either.
func cut(a *evidence.NameAnswer) bool { return a.Truncated && a.TCP != evidence.Answered }

func notLoopback(a netip.Addr) bool { return !a.IsLoopback() }

func valueOf(f func(*evidence.NameAnswer) bool) func(evidence.NameAnswer) bool {
	return func(a evidence.NameAnswer) bool { return f(&a) }
}
