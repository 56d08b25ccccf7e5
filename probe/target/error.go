package target

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Error is a target that could not be understood, in two lines for the person who typed it. Both
// are free of control characters, whatever the input was.
type Error struct {
	Problem string // what is wrong
	Instead string // what to type instead
}

func (e *Error) Error() string { return e.Problem }

// wrong makes an Error; the arguments belong to the problem.
func wrong(problem, instead string, args ...any) *Error {
	return &Error{Problem: fmt.Sprintf(problem, args...), Instead: instead}
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
