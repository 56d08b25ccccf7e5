// Package explain has for every code of a report what it means, how it was established, what can imitate it, who can mend it
// and what to say to them. The texts are the files in texts, by subject; this package reads and prints them.
package explain

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Kind is what a code names; some name several things.
type Kind string

// The kinds, in the order in which they are listed.
const (
	State  Kind = "state"
	Reason Kind = "reason"
	Caveat Kind = "caveat"
	Note   Kind = "note"
	Rule   Kind = "rule"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{State, Reason, Caveat, Note, Rule} }

// Entry explains one code.
type Entry struct {
	Code       string `json:"code"`
	Kinds      []Kind `json:"kinds"`
	Means      string `json:"means"`
	Seen       string `json:"seen"`       // how it was established
	Imitations string `json:"imitations"` // what else looks like it
	Who        string `json:"who"`        // can mend it
	Say        string `json:"say"`        // to them
	Of         string `json:"of,omitempty"`
}

// Is reports whether the code names one of a kind.
func (e *Entry) Is(k Kind) bool { return slices.Contains(e.Kinds, k) }

//go:embed texts/*.txt
var texts embed.FS

// All are the entries in the order of the files.
func All() []Entry { return slices.Clone(table()) }

var table = sync.OnceValue(func() (all []Entry) {
	files, _ := fs.Glob(texts, "texts/*.txt") // the pattern is right
	for _, f := range files {
		text, _ := fs.ReadFile(texts, f)
		all = append(all, read(string(text))...)
	}
	for i := range all {
		if j := slices.IndexFunc(all, func(e Entry) bool { return e.Code == all[i].Of }); j >= 0 {
			all[i].fill(&all[j])
		}
	}
	return all
})

// fill takes what an entry does not say itself from the one that it is a case of.
func (e *Entry) fill(of *Entry) {
	for _, f := range []struct {
		own  *string
		more string
	}{{&e.Seen, of.Seen}, {&e.Imitations, of.Imitations}, {&e.Who, of.Who}, {&e.Say, of.Say}} {
		if *f.own == "" {
			*f.own = f.more
		}
	}
}

// Codes are those of all entries.
func Codes() (codes []string) {
	for _, e := range table() {
		codes = append(codes, e.Code)
	}
	return codes
}

// ftpPassive begins codes whose end says how it went.
const ftpPassive = "ftp-passive"

// Find is the entry of a code.
func Find(code string) (Entry, bool) {
	code = strings.ToLower(strings.TrimSpace(code))
	if strings.HasPrefix(code, ftpPassive+"-") {
		code = ftpPassive
	}
	i := slices.IndexFunc(table(), func(e Entry) bool { return e.Code == code })
	if i < 0 {
		return Entry{}, false
	}
	return table()[i], true
}
