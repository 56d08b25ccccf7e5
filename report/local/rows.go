package local

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/local"
	"whyport/report/phrase"
	"whyport/services"
)

// rows are a table of sockets: one for each that differs in what a person sees.
func rows(f *local.Facts, names *services.Registry) [][]string {
	out := [][]string{{"PORT", "SERVICE", "ADDRESS", "PROGRAM", "WHO CAN REACH IT"}}
	for i := range f.Waiting {
		s := &f.Waiting[i]
		row := []string{port(s), service(names, s), address(s), programs(s), meaning(f, s)}
		if slices.Equal(row, out[len(out)-1]) {
			continue // SO_REUSEPORT: several sockets of one program
		}
		out = append(out, row)
	}
	return out
}

func sessionRows(f *local.Facts) [][]string {
	out := [][]string{{"PROTOCOL", "HERE", "THERE", "STATE", "PROGRAM"}}
	for i := range f.Sessions {
		s := &f.Sessions[i]
		there := "-"
		if s.Remote.IsValid() {
			there = s.Remote.String()
		}
		out = append(out, []string{string(s.Protocol), phrase.Clean(s.Local.String()), phrase.Clean(there), phrase.Clean(string(s.State)),
			programs(s)})
	}
	return out
}

func port(s *local.Socket) string { return fmt.Sprintf("%d/%s", s.Local.Port(), s.Protocol) }

func service(names *services.Registry, s *local.Socket) string {
	if name := names.Lookup(s.Local.Port(), string(s.Protocol)).Name; name != "" {
		return phrase.Clean(name)
	}
	return "-"
}

// address is what ss shows: * for a socket of both families, with the interface that it is bound to.
func address(s *local.Socket) string {
	text := s.Local.Addr().String()
	if s.Local.Addr().Is6() && s.Local.Addr().IsUnspecified() && s.V6Only != nil && !*s.V6Only {
		text = "*"
	}
	if s.Device != "" && s.Local.Addr().Zone() == "" {
		text += "%" + s.Device
	}
	return phrase.Clean(text)
}

// mostPrograms is how many a cell names.
const mostPrograms = 3

// programs are a socket's with number and user; or what else tells whose it is.
func programs(s *local.Socket) string {
	if s.Kernel {
		return "none"
	}
	user := s.User
	var out []string
	for i := range s.Holders {
		p := &s.Holders[i]
		if p.User != "" {
			user = p.User
		}
		out = append(out, fmt.Sprintf("%s (%d)", programName(p), p.PID))
	}
	if len(out) == 0 {
		out = []string{"not seen"}
		if s.Unit != "" {
			out = []string{phrase.Short(s.Unit, 40)}
		}
	}
	text := phrase.Listed(out, mostPrograms)
	if user != "" {
		text += ", " + phrase.Short(user, 32)
	}
	return strings.TrimSpace(text)
}
