package services

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Endpoint is a port to be tested.
type Endpoint struct {
	Port     uint16
	Protocol string // "tcp" or "udp"
}

// ParsePorts reads lists of ports as people type them: "443", "20,80,443", "2000-2001", "https",
// "53/udp", "-" or "all" (1-65535). Without a protocol TCP is meant; a name stands for the TCP ports
// it is used with, or for its UDP ports where it has no others. Order is kept and duplicates are
// merged. The error is a *mistake.Error.
func (r *Registry) ParsePorts(specs ...string) ([]Endpoint, error) {
	if len(specs) == 0 || len(specs) == 1 && specs[0] == "" {
		return nil, noPorts()
	}
	var list endpoints
	for _, spec := range specs {
		for element := range strings.SplitSeq(spec, ",") {
			if err := r.parseElement(&list, spec, element); err != nil {
				return nil, err
			}
		}
	}
	return list.all, nil
}

// endpoints is a list without duplicates.
type endpoints struct {
	all  []Endpoint
	seen [2][1024]uint64 // a bit a port, by protocol
}

func (l *endpoints) add(first, last uint16, protocol int) {
	l.all = slices.Grow(l.all, int(last)-int(first)+1)
	for p := int(first); p <= int(last); p++ {
		word, bit := &l.seen[protocol][p>>6], uint64(1)<<(p&63)
		if *word&bit == 0 {
			*word |= bit
			l.all = append(l.all, Endpoint{uint16(p), protocolNames[protocol]})
		}
	}
}

func (r *Registry) parseElement(list *endpoints, spec, element string) error {
	if element == "" {
		return emptyElement(spec)
	}
	if strings.ContainsAny(element, " \t\r\n\v\f\u00a0") {
		return spaceInList(spec)
	}
	what, protocol, given, err := cutProtocol(element)
	if err != nil {
		// A few registered names have a slash of their own, such as cl/1.
		if list.addNamed(r, element, tcp, false) {
			return nil
		}
		return err
	}
	if what == "-" || strings.EqualFold(what, "all") {
		list.add(1, 65535, protocol)
		return nil
	}
	first, last, isNumber, err := parseRange(what)
	if err != nil {
		return err
	}
	if isNumber {
		list.add(first, last, protocol)
		return nil
	}
	if !list.addNamed(r, what, protocol, given) {
		if better := respelt(what); better != "" {
			return foreignSpelling(what, better)
		}
		return r.unknownName(what, protocolNames[protocol], given)
	}
	return nil
}

// cutProtocol takes "/tcp" or "/udp" off an element.
func cutProtocol(element string) (what string, protocol int, given bool, err error) {
	i := strings.LastIndexByte(element, '/')
	if i < 0 {
		return element, tcp, false, nil
	}
	what = element[:i]
	protocol = protocolIndex(element[i+1:])
	if what == "" || protocol != tcp && protocol != udp {
		return "", 0, false, badProtocol(what, element)
	}
	return what, protocol, true, nil
}

// parseRange reads "80" or "80-90"; isNumber is false for what can only be a name.
func parseRange(s string) (first, last uint16, isNumber bool, err error) {
	if strings.Trim(s, "0123456789-+") != "" || strings.Trim(s, "-+") == "" {
		return 0, 0, false, nil
	}
	from, to, isRange := strings.Cut(s, "-")
	switch {
	case from == "":
		return 0, 0, true, negative(s, to)
	case isRange && to == "":
		return 0, 0, true, openRange(s, from)
	case !isRange:
		to = from
	}
	if strings.ContainsAny(to, "-+") {
		return 0, 0, true, notAPort(s)
	}
	a, errA := portNumber(from)
	b, errB := portNumber(to)
	switch {
	case errA != nil:
		return 0, 0, true, errA
	case errB != nil:
		return 0, 0, true, errB
	case b < a:
		return 0, 0, true, backwards(s, a, b)
	}
	return a, b, true, nil
}

func portNumber(s string) (uint16, error) {
	if strings.Trim(s, "0123456789") != "" {
		return 0, notAPort(s)
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, tooLarge(s)
	}
	if n == 0 {
		return 0, zero()
	}
	return uint16(n), nil
}

// addNamed adds a service's ports: of the first source that knows the name for the protocol, or,
// where none was given, for TCP or else UDP. It reports whether there was one.
func (l *endpoints) addNamed(r *Registry, name string, protocol int, given bool) bool {
	for _, t := range r.tiers() {
		found := named(t, name)
		if l.addServices(found, protocol) || !given && l.addServices(found, udp) {
			return true
		}
	}
	return false
}

func (l *endpoints) addServices(found []Service, protocol int) bool {
	added := false
	for _, s := range found {
		if s.Port > 0 && (s.Protocol == protocolNames[protocol] || s.Protocol == AnyProtocol) {
			l.add(s.Port, s.Last, protocol)
			added = true
		}
	}
	return added
}

// unknownName explains why a name gave no port.
func (r *Registry) unknownName(name, protocol string, given bool) error {
	for _, s := range r.ByName(name) {
		switch {
		case s.Protocol != "tcp" && s.Protocol != "udp":
			return notTestable(name, s)
		case given:
			return otherProtocol(name, protocol, s)
		}
	}
	suggestion := ""
	if looksLikeName(name) {
		suggestion = r.Suggest(name)
	}
	return noSuchService(name, suggestion, given, protocol)
}

func looksLikeName(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' })
}

func span(s Service) string {
	if s.Last > s.Port {
		return fmt.Sprintf("%d-%d", s.Port, s.Last)
	}
	return strconv.Itoa(int(s.Port))
}
