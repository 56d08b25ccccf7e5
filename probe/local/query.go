package local

import (
	"slices"
	"strings"

	"whyport/probe/evidence"
)

// Port is one that is asked for.
type Port struct {
	Number   uint16
	Protocol evidence.Protocol // "": any
}

// Query is what a person asks for: ports, a program, or both where the word means both; the zero value: everything.
type Query struct {
	Text    string // as it was typed
	Ports   []Port
	Program string // part of its name or its unit's, in any case
}

// Matches reports a socket that is asked for.
func (q *Query) Matches(s *Socket) bool {
	if len(q.Ports) == 0 && q.Program == "" {
		return true
	}
	if slices.ContainsFunc(q.Ports, func(p Port) bool {
		return p.Number == s.Local.Port() && (p.Protocol == "" || p.Protocol == s.Protocol)
	}) {
		return true
	}
	if q.Program == "" {
		return false
	}
	part := strings.ToLower(q.Program)
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), part) }
	return has(s.Unit) || slices.ContainsFunc(s.Holders, func(p Process) bool { return has(p.Name) })
}
