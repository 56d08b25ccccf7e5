// Package mistake is what is said to a person who typed something wrong: what is wrong, and what to type instead. It
// imports nothing of the program, and all rooms may use it.
package mistake

import "fmt"

// Error is a mistake of the person at the keyboard, in one line each. What was typed is quoted in it, so that no control
// character reaches a terminal.
type Error struct {
	Problem string // what is wrong
	Instead string // what to type instead
}

func (e *Error) Error() string { return e.Problem }

// New makes an Error; the arguments belong to the problem.
func New(instead, problem string, args ...any) *Error {
	return &Error{Problem: fmt.Sprintf(problem, args...), Instead: instead}
}
