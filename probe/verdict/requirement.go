package verdict

import "whyport/services/wants"

// Mode says how many ports of a group must be usable; the zero value is Any.
type Mode string

// The modes of a group; ModeGroups is a requirement's only.
const (
	Any        Mode = wants.Any
	All        Mode = wants.All
	Optional   Mode = wants.Optional
	ModeGroups Mode = wants.Groups
)

// Group is a set of candidates, by their index in the plan.
type Group struct {
	Name    string
	Mode    Mode
	Members []int
}

// Requirement is what an application needs of a target: every group met.
type Requirement struct {
	Mode   Mode
	Groups []Group
}

// Met reports whether the requirement holds, where usable says it of a candidate.
// A requirement without a deciding group is met by any usable candidate.
func (r Requirement) Met(usable func(candidate int) bool) bool {
	decided, some := false, false
	for _, g := range r.Groups {
		n := 0
		for _, m := range g.Members {
			if usable(m) {
				n++
			}
		}
		some = some || n > 0
		if g.Mode == Optional {
			continue
		}
		decided = true
		if n == 0 || (g.Mode == All && n < len(g.Members)) {
			return false
		}
	}
	return decided || some
}
