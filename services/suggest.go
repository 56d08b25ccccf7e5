package services

import (
	"iter"
	"strings"
)

// Suggest returns the service's name that a mistyped one was probably meant to be, "" where none
// is near.
func (r *Registry) Suggest(name string) string {
	return Nearest(name, func(yield func(string) bool) {
		// Everyday names first: of two equally near ones the better known is meant.
		for i := range everyday {
			for n := range strings.FieldsSeq(everyday[i].names) {
				if !yield(n) {
					return
				}
			}
		}
		for _, t := range r.tiers() {
			for s, aliases := range t {
				for n := range strings.FieldsSeq(s.Name + " " + aliases) {
					if !yield(n) {
						return
					}
				}
			}
		}
	})
}

// longestName bounds the work for nonsense; IANA's names have at most 15 characters.
const longestName = 32

// What a typing mistake counts. A letter taken for another says least about what was meant.
const (
	letterMissing  = 2 // or one too many
	lettersSwapped = 2
	letterMistaken = 3
	oneMistake     = letterMistaken
	twoMistakes    = letterMistaken + letterMissing
)

// Nearest returns that of the names which is the fewest typing mistakes away from name: one for up to
// five characters, two beyond; the first of equals; "" where none is that near.
func Nearest(name string, names iter.Seq[string]) string {
	name = strings.ToLower(name)
	if len(name) < 2 || len(name) > longestName {
		return ""
	}
	limit := oneMistake
	if len(name) > 5 {
		limit = twoMistakes
	}
	best, least := "", limit+1
	for n := range names {
		if d := mistakes(name, strings.ToLower(n), least); d < least {
			best, least = n, d
		}
	}
	return best
}

// mistakes is the optimal string alignment distance, weighted. From limit on it is not exact.
func mistakes(a, b string, limit int) int {
	apart := max(len(a)-len(b), len(b)-len(a))
	if apart*letterMissing >= limit || len(b) > longestName {
		return limit
	}
	var d [longestName + 1][longestName + 1]int
	for i := range len(a) + 1 {
		d[i][0] = i * letterMissing
	}
	for j := range len(b) + 1 {
		d[0][j] = j * letterMissing
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := letterMistaken
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+letterMissing, d[i][j-1]+letterMissing, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+lettersSwapped)
			}
		}
	}
	return d[len(a)][len(b)]
}
