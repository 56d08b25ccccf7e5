// Package confine takes from this process what it does not need any more, once everything that was named has been read and before
// anything is tested: a fault in what reads a hostile server's answers then opens no other files and starts no programs. Only Linux
// has a way that needs no administrator (Landlock). It is never a condition: where the kernel lacks it, the process goes on as it is.
package confine

import (
	"os"
	"strings"
)

// Switch is the variable that turns it off, with the value Off.
const (
	Switch = "WHYPORT_SANDBOX"
	Off    = "off"
)

// Needs are the files that a command still needs, beside those of the system that name look-ups, certificates, the kernel's tables
// and proxy settings are read from.
type Needs struct {
	Read    []string // files, or folders with all that is below them; missing ones are left out
	Replace *Replace // what is put in its place at the end; nil: nothing
}

// Replace is a file that is moved over another one in the same folder. From is there and open already.
type Replace struct{ From, To string }

// State is whether this process is confined, in words for --verbose and version --json: "Landlock 7" (the kernel's version of it)
// or why it is not.
type State string

const prefix = "Landlock "

// The states without it.
const (
	NoSystem    State = "none: this system has nothing for it"
	NoKernel    State = "none: this kernel lacks Landlock, or does not allow it"
	SwitchedOff State = Switch + "=" + Off
)

// Confines reports that Begin would confine this process.
func (s State) Confines() bool { return strings.HasPrefix(string(s), prefix) }

// Available is the state that Begin leads to.
func Available() State {
	if os.Getenv(Switch) == Off {
		return SwitchedOff
	}
	return available()
}

// Begin confines this process, all of its threads and what they start, for good. An error leaves it as it was, but that it can't
// gain privileges by programs that it starts.
func Begin(n Needs) (State, error) {
	state := Available()
	if !state.Confines() {
		return state, nil
	}
	return state, begin(n)
}
