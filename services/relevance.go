package services

import (
	"strconv"
	"strings"
)

// How much a word's match counts, by where it is found.
const (
	matchName      = 100 // the whole name, an alias or the number
	matchNamePart  = 60  // a part of the name between dashes
	matchNameStart = 50
	matchText      = 40 // a word of the description
	matchTextStart = 25
	matchInside    = 5
	knownToPeople  = 30 // added once: the port has an everyday name
)

// relevance scores a service against lower-case words; 0 where one of them is nowhere.
func relevance(s Service, aliases string, words []string) int {
	names := strings.ToLower(s.Name + " " + aliases)
	text := strings.ToLower(s.Description + " " + s.Everyday)
	total := 0
	for _, w := range words {
		score := max(nameMatch(names, w), textMatch(text, w))
		if w == strconv.Itoa(int(s.Port)) {
			score = matchName
		}
		if score == 0 {
			return 0
		}
		total += score
	}
	if s.Everyday != "" {
		total += knownToPeople
	}
	return total
}

func nameMatch(names, word string) int {
	best := 0
	for name := range strings.FieldsSeq(names) {
		switch {
		case name == word:
			return matchName
		case hasPart(name, word):
			best = max(best, matchNamePart)
		case strings.HasPrefix(name, word):
			best = max(best, matchNameStart)
		case strings.Contains(name, word):
			best = max(best, matchInside)
		}
	}
	return best
}

func hasPart(name, word string) bool {
	for p := range strings.FieldsFuncSeq(name, func(c rune) bool { return strings.ContainsRune("-_./", c) }) {
		if p == word {
			return true
		}
	}
	return false
}

func textMatch(text, word string) int {
	best := 0
	for w := range strings.FieldsFuncSeq(text, notWord) {
		switch {
		case w == word:
			return matchText
		case strings.HasPrefix(w, word):
			best = max(best, matchTextStart)
		}
	}
	if best == 0 && strings.Contains(text, word) {
		best = matchInside
	}
	return best
}

func notWord(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9')
}
