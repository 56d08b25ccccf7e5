package words

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// NameNotes are findings about a name that led to an address.
func NameNotes(r *evidence.Resolution) (notes []Note) {
	add := func(code, sentence string) {
		if sentence != "" {
			notes = append(notes, Note{code, sentence})
		}
	}
	add("names-compared", compared(r))
	if r.Literal || len(r.Addresses) == 0 {
		return notes
	}
	name := phrase.Short(r.Name, 50)
	if len(r.Withheld) > 0 {
		add(
			"address-withheld",
			fmt.Sprintf(
				"%s leads %s also to %s, where no server can be; nothing was sent there.",
				phrase.Capital(decider(r)),
				name,
				addressList(r),
			),
		)
	}
	if r.HostsFile {
		add("hosts-file", fmt.Sprintf("The hosts file of this computer says where %s leads; no name server was asked.", name))
	}
	add("any-name", anyName(r, name))
	if as := r.FoundAs(); as != "" {
		add(
			"search-domain",
			fmt.Sprintf("The name %s has no address itself; with this computer's search domain appended it is %s, and that was tested.",
				name, phrase.Short(as, 70)),
		)
	}
	add("address-confined", confined(r, name))
	add("name-family-unanswered", halfAnswered(r, name))
	return notes
}

// anyName says that the address proves nothing of the name.
func anyName(r *evidence.Resolution, name string) string {
	a := verdict.AnyName(r)
	if a == nil {
		return ""
	}
	if _, domain, _ := strings.Cut(a.Name, "."); domain != "example" {
		return fmt.Sprintf(
			"The name server %s has the same address for an invented name (%s): in the domain %s every name leads there, so the "+
				"address does not "+
				"show that %s exists.",
			serverName(a),
			phrase.Clean(a.Name),
			phrase.Clean(domain),
			name,
		)
	}
	return fmt.Sprintf(
		"The name server %s has the same address for an invented name (%s): it leads every name there, as portals and some "+
			"providers do, so "+
			"what answers need not be %s.",
		serverName(a),
		phrase.Clean(a.Name),
		name,
	)
}

// confined says that a public name leads to an address that has a meaning only here.
func confined(r *evidence.Resolution, name string) string {
	if !evidence.PublicName(r.Name) || r.OwnName {
		return ""
	}
	for _, a := range r.Addresses {
		kind := "a private address"
		switch {
		case !evidence.Confined(a):
			continue
		case a.IsLoopback():
			kind = "this computer itself"
		case a.IsLinkLocalUnicast():
			kind = "a link-local address"
		}
		return fmt.Sprintf(
			"The name %s leads to %s, %s, which means that server only inside one network (company, VPN, home): elsewhere the name "+
				"is of no use, "+
				"or leads to another server.",
			name,
			phrase.Clean(a.String()),
			kind,
		)
	}
	return ""
}

// halfAnswered says that one family could not be looked up.
func halfAnswered(r *evidence.Resolution, name string) string {
	said, missing := unansweredFamily(r)
	if missing == "" {
		return ""
	}
	family := familyName(missing)
	what := fmt.Sprintf("The name server did not answer when asked for the %s address of %s", family, name)
	switch {
	case said == nil:
	case said.Truncated && said.TCP != evidence.Answered:
		what = fmt.Sprintf(
			"The %s addresses of %s are too many for one datagram. The name server %s does not give them "+
				"over TCP (port 53) either",
			family,
			name,
			serverName(said),
		)
	case said.End == evidence.Answered:
		what = fmt.Sprintf(
			"The name server %s answers with an error (%s) when asked for the %s address of %s%s",
			serverName(said),
			phrase.Clean(said.RCode),
			family,
			name,
			because(said),
		)
	case said.End == evidence.Garbled:
		what = fmt.Sprintf("The name server %s answers with nonsense when asked for the %s address of %s", serverName(said), family, name)
	default:
		what = fmt.Sprintf("The name server %s does not answer when asked for the %s address of %s", serverName(said), family, name)
	}
	return what + "; the address that is known was tested, but programs may wait for seconds when they look the name up."
}

// unansweredFamily is the family of which nothing is known although the other one's addresses are, with what a name server
// said of it, if it did.
func unansweredFamily(r *evidence.Resolution) (*evidence.NameAnswer, evidence.Family) {
	have := func(f evidence.Family) bool {
		return slices.ContainsFunc(slices.Concat(r.Addresses, r.Withheld), func(a netip.Addr) bool { return evidence.FamilyOf(a) == f })
	}
	for _, a := range r.Of(r.Name) {
		if have(a.Family) || a.Complete() && a.RCode == "NOERROR" || r.Silent != "" && a.Family != r.Silent || r.FoundAs() != "" {
			continue
		}
		return a, a.Family
	}
	return nil, r.Silent
}

// compared says whether the name servers that the person named say the same.
func compared(r *evidence.Resolution) string {
	var parts []string
	own := slices.Concat(r.Addresses, r.Withheld)
	differ := false
	for _, answers := range byServer(r.Compared) {
		var all evidence.NameAnswer
		for i := range answers {
			all.Addresses = append(all.Addresses, answers[i].Addresses...)
		}
		a, said := &answers[0], ""
		switch {
		case len(all.Addresses) > 0 && all.Shares(own):
			said = "says the same"
		case len(all.Addresses) > 0:
			said = "leads to " + someAddresses(all.Addresses)
		case !a.Complete():
			said = "does not answer"
		case a.RCode == "NXDOMAIN":
			said = "knows no such name" + because(a)
		case a.RCode == "NOERROR":
			said = "knows no address" + because(a)
		default:
			said = "answers with an error (" + phrase.Clean(a.RCode) + ")" + because(a)
		}
		differ = differ || a.Complete() && !all.Shares(own) && len(all.Addresses)+len(own) > 0
		if slices.ContainsFunc(answers, func(a evidence.NameAnswer) bool { return a.Untrusted }) {
			said += " (its certificate is not trusted here for that address)"
		}
		parts = append(parts, serverName(a)+" "+said)
	}
	if len(parts) == 0 {
		return ""
	}
	here := "This computer finds no address"
	if len(own) > 0 {
		here = "This computer is led to " + someAddresses(own)
	}
	s := fmt.Sprintf("%s; asked beside it, the name server %s", here, strings.Join(parts, ", and "))
	if differ {
		s += ". The name means different things to them, or one is wrong (inside and outside of a VPN, say)"
	}
	return s + "."
}

// byServer are the answers of each server.
func byServer(answers []evidence.NameAnswer) (out [][]evidence.NameAnswer) {
	for _, a := range answers {
		if n := len(out); n > 0 && out[n-1][0].Server == a.Server && out[n-1][0].Over == a.Over {
			out[n-1] = append(out[n-1], a)
			continue
		}
		out = append(out, []evidence.NameAnswer{a})
	}
	return out
}

func someAddresses(addresses []netip.Addr) string {
	var out []string
	for _, a := range addresses {
		out = append(out, phrase.Clean(a.String()))
	}
	return phrase.Listed(out, 4)
}
