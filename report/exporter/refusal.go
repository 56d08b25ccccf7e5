package exporter

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"whyport/services/mistake"
)

// refusal is a request that gets no probe: the status, what is wrong and what to do instead.
type refusal struct {
	status int
	*mistake.Error
}

func badRequest(err *mistake.Error) *refusal { return &refusal{http.StatusBadRequest, err} }

func forbidden(instead, problem string, args ...any) *refusal {
	return &refusal{http.StatusForbidden, mistake.New(instead, problem, args...)}
}

// retryAfter is what a client that came at a bad time is asked to wait, in seconds.
const retryAfter = "5"

// write answers in two lines of plain text.
func (r *refusal) write(w http.ResponseWriter) {
	if r.status == http.StatusServiceUnavailable || r.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", retryAfter)
	}
	http.Error(w, fmt.Sprintf("%s\nInstead: %s", printable(r.Problem), printable(r.Instead)), r.status)
}

// printable leaves out what would drive a terminal.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, s)
}
