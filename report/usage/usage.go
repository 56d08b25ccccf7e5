// Package usage is what a person sees who types something wrong, or asks how to type it: errors in two
// lines, "did you mean", help texts, and the arranging of a command line.
package usage

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"unicode"

	"whyport/report/phrase"
	"whyport/services/mistake"
)

// New makes an error for a mistake on the command line; the arguments belong to the problem.
func New(instead, problem string, args ...any) *mistake.Error {
	return mistake.New(instead, problem, args...)
}

// Of finds the usage error in err, whichever package it comes from; nil if there is none.
func Of(err error) *mistake.Error {
	if e, ok := errors.AsType[*mistake.Error](err); ok {
		return e
	}
	return nil
}

// Print writes a usage error as exactly two lines.
func Print(w io.Writer, e *mistake.Error) {
	fmt.Fprintf(w, "whyport: %s\nInstead: %s\n", oneLine(e.Problem), oneLine(e.Instead))
}

// PrintUnknown writes a usage error as a monitoring plugin does: one line on standard output, without a bar.
func PrintUnknown(w io.Writer, e *mistake.Error) {
	fmt.Fprintf(w, "WHYPORT UNKNOWN - %s\n", strings.ReplaceAll(oneLine(e.Problem), "|", "/"))
}

// oneLine escapes what would break the line or drive the terminal: file names and targets may be foreign text.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) && !phrase.Invisible(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "\\u%04x", r)
	}
	return b.String()
}

// PrintFailure says that something went wrong which is no mistake on the command line.
func PrintFailure(w io.Writer, err error) {
	text, next := Failure(err)
	fmt.Fprintf(w, "whyport: %s\nNext: %s\n", text, next)
}

// Failure is what to say about an error that is no mistake on the command line: what happened and what to do next.
func Failure(err error) (text, next string) {
	text, next = err.Error(), cmp.Or(nextOf(err), "try again; with --verbose a log says more")
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		text, next = "the report could not be written: the disk is full", "make room, or write elsewhere with -o FILE"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		next = "close programs with many files or connections, or raise the limit (ulimit -n), then try again"
	case errors.Is(err, syscall.EIO), errors.Is(err, fs.ErrPermission):
		text, next = "the report could not be written", "write elsewhere with -o FILE"
	}
	return oneLine(text), next
}

// notBegun is a server's end that could not be run, with what to do next.
type notBegun struct{ text, next string }

func (e *notBegun) Error() string { return e.text }

func nextOf(err error) string {
	if e, ok := errors.AsType[*notBegun](err); ok {
		return e.next
	}
	return ""
}
