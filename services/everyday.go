package services

import (
	"iter"
	"strings"
)

// everydayAt returns the row of everyday that begins with the port, or -1. Rows for a range name
// what uses the range; they say nothing of a single port in it.
func everydayAt(port uint16, protocol int) int {
	lo, hi := 0, len(everyday)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if everyday[mid].first < port {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < len(everyday) && everyday[lo].first == port; lo++ {
		if everyday[lo].protocol == protocol && everyday[lo].last == port {
			return lo
		}
	}
	return -1
}

// describe adds the words people use for the service, and a name where the registry has none.
func describe(s *Service, protocol int) {
	i := everydayAt(s.Port, protocol)
	if i < 0 || s.Last != s.Port {
		return
	}
	s.Everyday = everyday[i].words
	if s.Name == "" {
		s.Name, _, _ = strings.Cut(everyday[i].names, " ")
		s.Source = SourceEveryday
	}
}

// everydayServices yields each row as a service with its names, under its registered name too: so
// isakmp is UDP alone and http-alt is 8080, as they are used, whatever else the registry lists.
func (r *Registry) everydayServices() iter.Seq2[Service, string] {
	return func(yield func(Service, string) bool) {
		for i := range everyday {
			row := &everyday[i]
			s := r.Lookup(row.first, protocolNames[row.protocol])
			if s.Port != row.first || max(s.Last, s.Port) != row.last { // the registry's row is of other ports, such as a gap
				s.Name, _, _ = strings.Cut(row.names, " ")
				s.Port, s.Last, s.Everyday, s.Description, s.Source = row.first, row.last, row.words, "", SourceEveryday
			}
			if !yield(s, row.names) {
				return
			}
		}
	}
}
