package services

import (
	"fmt"
	"slices"
	"strings"

	"whyport/services/mistake"
)

// ClassNames are the classes' names; the first is "": any class.
func ClassNames() []string {
	return []string{"", string(WellKnown), string(Registered), string(Dynamic)}
}

// Find is Query for several texts, and Search for one, each service once and of them only what belongs to a class,
// if that is not ""; a class alone is the whole class. The error is a *mistake.Error.
func (r *Registry) Find(texts []string, search string, class Class) ([]Service, error) {
	if len(texts) == 0 && search == "" {
		if class != "" {
			return r.ofClass(class), nil
		}
		return nil, usage("no port or service is named", "type for example: whyport services 443, or whyport services --search desktop")
	}
	var found []Service
	for _, text := range texts {
		s, err := r.Query(text)
		if err != nil {
			return nil, err
		}
		found = append(found, s...)
	}
	if search != "" {
		found = append(found, r.Search(search)...)
	}
	type key struct {
		port, last     uint16
		name, protocol string
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(found, func(s Service) bool {
		k := key{s.Port, s.Last, "", s.Protocol}
		if search != "" {
			k.name = s.Name // a port's further names are matches of their own
		}
		again := seen[k]
		seen[k] = true
		return again || class != "" && ClassOf(s.Port) != class
	}), nil
}

// ofClass lists every port of a class that has a name, by number. The dynamic ports, which have none by their nature,
// are one row before those that a services file names.
func (r *Registry) ofClass(class Class) (found []Service) {
	if class == Dynamic {
		found = append(found, Service{Port: firstDynamic, Last: 65535, Protocol: protocolNames[tcp], Status: NotListed})
	}
	for port := range 1 << 16 {
		if ClassOf(uint16(port)) != class {
			continue
		}
		for _, protocol := range protocolNames[:anyProtocol] {
			if s := r.Lookup(uint16(port), protocol); s.Name != "" && int(s.Port) == port {
				found = append(found, s)
			}
		}
	}
	return found
}

// Query answers what a person types to look a service up: a port, a list or range of ports, a name,
// each with or without a protocol. A port without a protocol is answered for TCP and for every
// other protocol that names it. The error is a *mistake.Error.
func (r *Registry) Query(text string) ([]Service, error) {
	what, protocol, given := strings.Cut(text, "/")
	if given && protocolIndex(protocol) == noProtocol {
		what, given = text, false // a few registered names have a slash of their own
	}
	if what != "" && strings.Trim(what, "0123456789-,") == "" && what != "-" {
		return r.queryPorts(what, protocol, given)
	}
	var out []Service
	for _, s := range r.ByName(what) {
		if !given || s.Protocol == strings.ToLower(protocol) || s.Protocol == AnyProtocol {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, r.noService(text, what)
	}
	return out, nil
}

func (r *Registry) queryPorts(list, protocol string, given bool) ([]Service, error) {
	ports, err := r.ParsePorts(list)
	if strings.Trim(list, "0") == "" { // it can't be tested, but asked about
		ports, err = []Endpoint{{}}, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Service
	for _, p := range ports {
		for i, name := range protocolNames[:anyProtocol] {
			s := r.Lookup(p.Port, name)
			if given && strings.EqualFold(protocol, name) || !given && (i == tcp || s.Name != "") {
				s.Port, s.Last = p.Port, p.Port // the answer is for the port that was asked for
				out = append(out, s)
			}
		}
	}
	return out, nil
}

func (r *Registry) noService(text, name string) error {
	instead := "search in the descriptions: whyport services --search TEXT"
	if near := r.Suggest(name); near != "" {
		instead = fmt.Sprintf("did you mean %s?", near)
	}
	return &mistake.Error{Problem: "no service is called " + Shown(text), Instead: instead}
}
