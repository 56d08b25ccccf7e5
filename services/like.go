package services

import "strings"

// NamesLike are the names of services that begin with a text: of everyday ones alone where it is empty.
func (r *Registry) NamesLike(text string) (names []string) {
	text = strings.ToLower(text)
	add := func(all string) {
		for n := range strings.FieldsSeq(all) {
			if strings.HasPrefix(n, text) {
				names = append(names, n)
			}
		}
	}
	for i := range everyday {
		add(everyday[i].names)
	}
	if text == "" {
		return names
	}
	for _, t := range r.tiers() {
		for s, aliases := range t {
			add(s.Name + " " + aliases)
		}
	}
	return names
}
