package local

import (
	"slices"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// windowsRule (in a file for all systems, so that its tests run on all) is one for what comes in, by the grammar of [MS-GPFAS], 2.2.2.19.
type windowsRule struct {
	name     string
	allow    bool
	protocol string   // an IP protocol's number; "": any
	ports    []string // numbers, ranges, keywords; none: any
	profiles []string // lower case; none: all
	program  string
	limited  bool // to senders, interfaces or a Windows service
}

type windowsRules []windowsRule

// parseWindowsRule reads a rule; ok: it is at work, and for what comes in.
func parseWindowsRule(text string) (r windowsRule, ok bool) {
	fields := strings.Split(text, "|")
	if !strings.HasPrefix(fields[0], "v") {
		return r, false
	}
	active, in := false, false
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		switch name {
		case "Active":
			active = strings.EqualFold(value, "true")
		case "Dir":
			in = strings.EqualFold(value, "in")
		case "Action":
			r.allow = !strings.EqualFold(value, "block")
		case "Protocol":
			r.protocol = value
		case "LPort", "LPort2_10":
			r.ports = append(r.ports, value)
		case "Profile":
			r.profiles = append(r.profiles, strings.ToLower(value))
		case "App":
			r.program = value
		case "Name":
			r.name = value
		case "RA4", "RA6", "LA4", "LA6", "RPort", "RPort2_10", "IF", "IFType", "Svc", "RMauth", "RUAuth", "Security", "Security2", "LUAuth":
			r.limited = true
		}
	}
	return r, active && in
}

// matches reports whether the rule is for a socket's port and program, leaving aside what it is limited to.
func (r *windowsRule) matches(s *Socket, profile string) bool {
	number := "6"
	if s.Protocol == evidence.UDP {
		number = "17"
	}
	if r.protocol != "" && r.protocol != number && r.protocol != "256" || len(r.profiles) > 0 && !slices.Contains(r.profiles, profile) {
		return false
	}
	if len(r.ports) > 0 && !slices.ContainsFunc(r.ports, func(p string) bool { return portIn(p, s.Local.Port()) }) {
		return false
	}
	const system = 4 // the number of the kernel's own process
	return r.program == "" || slices.ContainsFunc(s.Holders, func(p Process) bool {
		return sameFile(r.program, p.Path) || strings.EqualFold(r.program, "system") && p.PID == system
	})
}

// portIn reads a number or a range; keywords such as RPC are no number.
func portIn(text string, port uint16) bool {
	from, to, ranged := strings.Cut(text, "-")
	first, err := strconv.Atoi(from)
	last := first
	if err == nil && ranged {
		last, err = strconv.Atoi(to)
	}
	return err == nil && first <= int(port) && int(port) <= last
}

// sameFile compares paths; a rule's may begin with a variable such as %SystemRoot%, whose value only the drive and a folder are.
func sameFile(pattern, path string) bool {
	pattern, path = strings.ToLower(pattern), strings.ToLower(path)
	if rest, ok := strings.CutPrefix(pattern, "%"); ok {
		_, rest, _ = strings.Cut(rest, "%")
		return rest != "" && strings.HasSuffix(path, rest)
	}
	return path != "" && pattern == path
}

// windowsProfile is what a kind of network has at work.
type windowsProfile struct {
	name  string
	rules windowsRules
	allow bool // what no rule is for
}

// Admits: a rule that blocks wins over one that allows; without a rule the profile's default counts.
func (w windowsProfile) Admits(s *Socket) Gate {
	var allow, some *windowsRule
	for i := range w.rules {
		r := &w.rules[i]
		switch {
		case !r.matches(s, w.name):
		case !r.allow && !r.limited:
			return Gate{Answer: KeptOut, Rule: r.name}
		case r.limited:
			some = r
		default:
			allow = r
		}
	}
	switch {
	case some != nil && (allow == nil || !some.allow):
		return Gate{Answer: Some, Rule: some.name}
	case allow != nil:
		return Gate{Answer: LetIn, Rule: allow.name}
	case w.allow:
		return Gate{Answer: LetIn}
	}
	return Gate{Answer: KeptOut}
}
