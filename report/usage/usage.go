// Package usage is what a person sees who types something wrong, or asks how to type it: errors in two
// lines, "did you mean", help texts, and the arranging of a command line.
package usage

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"whyport/probe/target"
	"whyport/services"
)

// Error is a mistake on the command line, in one line each.
type Error struct {
	Problem string // what is wrong
	Instead string // what to type instead
}

func (e *Error) Error() string { return e.Problem }

// New makes an Error; the arguments belong to the problem.
func New(instead, problem string, args ...any) *Error {
	return &Error{Problem: fmt.Sprintf(problem, args...), Instead: instead}
}

// Of finds the usage error in err, whichever package it comes from; nil if there is none.
func Of(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*services.UsageError](err); ok {
		return &Error{e.Problem, e.Instead}
	}
	if e, ok := errors.AsType[*target.Error](err); ok {
		return &Error{e.Problem, e.Instead}
	}
	return nil
}

// Print writes a usage error as exactly two lines.
func Print(w io.Writer, e *Error) {
	fmt.Fprintf(w, "whyport: %s\nInstead: %s\n", oneLine(e.Problem), oneLine(e.Instead))
}

// oneLine escapes what would break the line or drive the terminal: file names and targets may be foreign text.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "\\u%04x", r)
	}
	return b.String()
}
