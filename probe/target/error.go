package target

import (
	"strconv"
	"strings"
	"unicode"

	"whyport/services/mistake"
)

// wrong makes the error for a target that could not be understood; the arguments belong to the problem.
func wrong(problem, instead string, args ...any) *mistake.Error {
	return mistake.New(instead, problem, args...)
}

const quoted = 60 // characters of the input that a message repeats

// quote is the input for a message: escaped and shortened.
func quote(s string) string {
	if r := []rune(s); len(r) > quoted {
		s = string(r[:quoted]) + "..."
	}
	return strconv.Quote(s)
}

// quoteless is the input for a command to copy, without what can't be printed or what a shell would obey.
func quoteless(s string) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune("\"'`$\\&|<>();!*?", r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(clean); len(r) > quoted {
		clean = string(r[:quoted])
	}
	if clean == "" {
		return "server.example"
	}
	return clean
}

func plainWords(s string) string {
	words := strings.Fields(s)
	for i := range words {
		words[i] = quoteless(words[i])
	}
	return strings.Join(words, " ")
}
