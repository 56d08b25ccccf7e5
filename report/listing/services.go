// Package listing prints what the program knows without asking the network: services and profiles, as
// text or as JSON with one top-level object.
package listing

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"whyport/services"
)

// service is a row of the JSON.
type service struct {
	Port        uint16   `json:"port"`
	Last        uint16   `json:"last_port"` // above port for a range
	Protocol    string   `json:"protocol"`
	Name        *string  `json:"name"`
	Names       []string `json:"names"` // the preferred one first
	Class       string   `json:"class"`
	Status      string   `json:"status"`
	Description *string  `json:"description"`
	Everyday    *string  `json:"everyday"`
	Source      *string  `json:"source"`
}

// Services prints services in the order given. Text is wrapped to width columns where that is not 0.
func Services(w io.Writer, names *services.Registry, found []services.Service, width int, asJSON bool) error {
	if asJSON {
		rows := make([]service, len(found))
		for i, s := range found {
			rows[i] = service{s.Port, max(s.Port, s.Last), s.Protocol, maybe(s.Name), aliases(names, s), string(services.ClassOf(s.Port)),
				string(s.Status), maybe(s.Description), maybe(s.Everyday), maybe(s.Source)}
		}
		return object(w, "services", rows)
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(w, "Nothing found.")
		return err
	}
	rows := [][]string{{"PORT", "SERVICE", "CLASS", "WHAT IT IS"}}
	for _, s := range found {
		rows = append(rows, []string{span(s.Port, s.Last) + "/" + s.Protocol, called(names, s), string(services.ClassOf(s.Port)), about(s)})
	}
	if err := Table(w, width, rows); err != nil {
		return err
	}
	return sentence(w, width, "\nA registered name says what usually runs on a port, not what does: "+
		"whyport HOST -p PORT asks the port itself.")
}

func aliases(names *services.Registry, s services.Service) []string {
	if s.Protocol == services.AnyProtocol {
		return append([]string{}, s.Name)
	}
	return append([]string{}, names.Names(s.Port, s.Protocol)...)
}

// called is the name with its aliases, the preferred one first, or what the registry says where there is none.
func called(names *services.Registry, s services.Service) string {
	if s.Name == "" {
		return "-"
	}
	all := aliases(names, s)
	if s.Last > s.Port || !slices.Contains(all, s.Name) { // a range's name may not be the preferred one of its first port
		all = append([]string{s.Name}, slices.DeleteFunc(all, func(n string) bool { return n == s.Name })...)
	}
	for i := range all {
		all[i] = plain(all[i])
	}
	return strings.Join(all, ", ")
}

func about(s services.Service) string {
	switch s.Status {
	case services.Unassigned:
		return "unassigned: IANA has no service for it"
	case services.Reserved:
		return "reserved by IANA"
	}
	if s.Name == "" {
		if services.ClassOf(s.Port) == services.Dynamic {
			return "dynamic: any program may use it, none has it for itself"
		}
		return "not in IANA's registry"
	}
	words := plain(s.Description)
	if s.Everyday != "" && !strings.EqualFold(s.Everyday, s.Description) {
		both := []string{plain(s.Everyday), words}
		if s.Source == services.SourceUser { // who knows best
			slices.Reverse(both)
		}
		words = strings.Trim(strings.Join(both, "; "), "; ")
	}
	if s.Source == services.SourceSystem || s.Source == services.SourceUser {
		words = strings.TrimSpace(words + " (from the " + s.Source + "'s services file)")
	}
	if words == "" {
		return "no description in the registry"
	}
	return words
}

func span(first, last uint16) string {
	if last > first {
		return fmt.Sprintf("%d-%d", first, last)
	}
	return strconv.Itoa(int(first))
}

// object writes the one top-level object, readable on old consoles: everything beyond ASCII is escaped.
func object(w io.Writer, key string, rows any) error {
	text, err := json.MarshalIndent(map[string]any{"schema_version": "1.0", key: rows}, "", "  ")
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range string(text) {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	_, err = io.WriteString(w, b.String()+"\n")
	return err
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// plain drops what could drive a terminal: services files and profiles are other people's text.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
