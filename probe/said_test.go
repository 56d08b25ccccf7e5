package probe

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"whyport/probe/verdict"
)

// said writes a verdict in one line: state/reason confidence, the place, the caveats in order.
//
//	blocked/icmp-admin-prohibited certain, provider 2 r2 possible; same-rule
func said(v verdict.Verdict, names map[netip.Addr]string) string {
	s := fmt.Sprintf("%s/%s %s", v.State, v.Reason, v.Confidence)
	if w := v.Where; w != nil {
		s += fmt.Sprintf(", %s", w.Party)
		if w.Hop > 0 {
			s += fmt.Sprintf(" %d", w.Hop)
		}
		if w.OrNext {
			s += "+"
		}
		if w.Address.IsValid() {
			name := names[w.Address]
			if name == "" {
				name = w.Address.String()
			}
			s += " " + name
		}
		s += " " + string(w.Confidence)
	}
	if len(v.Caveats) > 0 {
		var all []string
		for _, c := range v.Caveats {
			all = append(all, string(c))
		}
		slices.Sort(all)
		s += "; " + strings.Join(all, " ")
	}
	return s
}

// fits compares; a last caveat with a question mark is optional, three dots are any end, and | is another possibility.
func fits(got, want string) bool {
	if one, other, either := strings.Cut(want, " | "); either {
		return fits(got, one) || fits(got, other)
	}
	if begin, open := strings.CutSuffix(want, "..."); open && begin != "" {
		return strings.HasPrefix(got, strings.TrimSpace(begin))
	}
	if must, optional := strings.CutSuffix(want, "?"); optional {
		i := strings.LastIndex(must, " ")
		return got == must || got == strings.TrimSuffix(must[:i], ";")
	}
	return got == want
}

// readWanted reads testdata/where.txt: by case, then by port and family as in "80 v4"; "" is the bound of the SYNs.
func readWanted(t *testing.T) map[string]map[string]string {
	b, err := os.ReadFile("testdata/where.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	var section map[string]string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if title, is := strings.CutPrefix(line, "# "); is {
			name, bound, _ := strings.Cut(title, ": ")
			section = map[string]string{"": bound}
			all[name] = section
			continue
		}
		if line == "" || section == nil {
			continue
		}
		port, said, _ := strings.Cut(line, " ")
		family, rest, _ := strings.Cut(said, " ")
		switch family {
		case "v4", "v6":
			section[port+" "+family] = rest
		default:
			section[port+" v4"], section[port+" v6"] = said, said
		}
	}
	return all
}
