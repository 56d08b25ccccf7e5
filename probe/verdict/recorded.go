package verdict

import (
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// Recorded is a case of the judge: what was seen of a port, and what that means. testdata has them, from the lab and from
// bundles of users.
type Recorded struct {
	From    string         `json:"from"` // where the evidence comes from, and who says that the verdict is true
	Port    evidence.Port  `json:"port"`
	Host    *evidence.Host `json:"host,omitempty"`
	Verdict Verdict        `json:"verdict"`
}

// Record judges the evidence anew: host facts may have grown since the port's own verdict.
func Record(from string, p evidence.Port, h *evidence.Host) Recorded {
	return Recorded{From: from, Port: p, Host: h, Verdict: Judge(&p, h)}
}

// Kind is a file's name for verdicts that differ in nothing but numbers.
func (v *Verdict) Kind() string {
	words := []string{v.Rule, string(v.State), string(v.Reason)}
	if v.Where != nil {
		words = append(words, string(v.Where.Party))
	}
	var caveats []string
	for _, c := range v.Caveats {
		caveats = append(caveats, string(c))
	}
	slices.Sort(caveats)
	return strings.Join(append(words, caveats...), "_")
}
