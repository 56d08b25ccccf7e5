package services

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// tier is one source of names; an earlier one is asked first.
type tier = iter.Seq2[Service, string]

// tiers are the overlays from the uppermost down, everyday names, IANA's registry. Each yields
// services with their further names, separated by spaces.
func (r *Registry) tiers() []tier {
	r.files()
	var all []tier
	for _, o := range r.overlays {
		all = append(all, func(yield func(Service, string) bool) {
			for i := range o.entries {
				e := &o.entries[i]
				p := protocolIndex(e.service.Protocol)
				s := e.over(listed(e.service.Port, p), e.service.Port, p)
				describe(&s, p)
				if !yield(s, e.aliases) {
					return
				}
			}
		})
	}
	return append(all, r.everydayServices(), registered)
}

// registered yields the rows of the registry that stand for a service.
func registered(yield func(Service, string) bool) {
	for section := range protocolNames {
		begin, end := part(section)
		for i := begin; i < end; i++ {
			s := rowAt(i, section)
			if s.Status != Assigned {
				continue
			}
			if i == begin || recordPort(i-1) != recordPort(i) {
				describe(&s, section)
			}
			if !yield(s, "") {
				return
			}
		}
	}
}

// ByName returns the services with exactly this name or alias, whatever its case: the overlays'
// first, then everyday names (rdp, smb, dns), then IANA's. One port and protocol comes once.
func (r *Registry) ByName(name string) []Service {
	var found []Service
	type place struct {
		port, last uint16
		protocol   string
	}
	seen := map[place]bool{} // a file can give one name to every port
	for _, t := range r.tiers() {
		for _, s := range named(t, name) {
			if at := (place{s.Port, s.Last, s.Protocol}); !seen[at] {
				seen[at] = true
				found = append(found, s)
			}
		}
	}
	return found
}

func named(t tier, name string) []Service {
	var found []Service
	for s, aliases := range t {
		if hasName(s, aliases, name) {
			found = append(found, s)
		}
	}
	return found
}

func hasName(s Service, aliases, name string) bool {
	if name == "" {
		return false
	}
	if strings.EqualFold(s.Name, name) {
		return true
	}
	for alias := range strings.FieldsSeq(aliases) {
		if strings.EqualFold(alias, name) {
			return true
		}
	}
	return false
}

// Search returns the services in whose number, names or descriptions every word of text occurs,
// the closest match first.
func (r *Registry) Search(text string) []Service {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return nil
	}
	type hit struct {
		Service
		score int
	}
	var hits []hit
	at := map[Service]int{} // one that several sources name comes once, as the first has it, with its best score
	for _, t := range r.tiers() {
		for s, aliases := range t {
			score := relevance(s, aliases, words)
			key := Service{Name: s.Name, Port: s.Port, Last: s.Last, Protocol: s.Protocol}
			i, known := at[key]
			switch {
			case score == 0:
			case known:
				hits[i].score = max(hits[i].score, score)
			default:
				at[key] = len(hits)
				hits = append(hits, hit{s, score})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(b.score-a.score, int(a.Port)-int(b.Port), protocolIndex(a.Protocol)-protocolIndex(b.Protocol))
	})
	found := make([]Service, len(hits))
	for i := range hits {
		found[i] = hits[i].Service
	}
	return found
}
