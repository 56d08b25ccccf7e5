package remote

import "strings"

// Kind is how a job ended.
type Kind int

// Kinds; those below Done are failures, after some of which there are lines, too.
const (
	Unknown     Kind = iota // not ended
	Done                    // the program ran to its end; its exit code stands beside
	NotStarted              // ssh could not be started here
	NoLogin                 // ssh could not connect or log in
	NoShell                 // logged in, but no POSIX shell answered
	NoProgram               // this program is not there
	NoFolder                // no temporary folder can be made there
	NotCopied               // the copy did not arrive whole
	OtherSystem             // the copy is for another system
	NotRun                  // the program is there but can't be run
	BrokenOff               // the connection ended in the middle
	TooSlow                 // not done in time
	TooMuch                 // more output than is read
	Interrupted             // this end was told to stop
)

// Outcome is how a job ended, with the other side's words for it, which are foreign text.
type Outcome struct {
	Kind  Kind
	Code  int    // exit code of the program there; 0 where it did not end
	Words string // ssh's, the shell's or the program's
}

// Bounds of what is repeated of the other side's words.
const (
	mostWords = 3 // lines
	mostText  = 400
)

// lastWords are the last lines of a text, in one. The frame that ssh draws around a changed host key says nothing.
func lastWords(text string) string {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); strings.Trim(l, "@") != "" && !strings.HasPrefix(l, "@") {
			lines = append(lines, l)
		}
	}
	said := strings.Join(lines[max(0, len(lines)-mostWords):], "; ")
	if len(said) > mostText {
		said = strings.ToValidUTF8(said[:mostText], "") + "..."
	}
	return said
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

const mostTail = 8 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.kept = append(t.kept, b...)
	if extra := len(t.kept) - mostTail; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(b), nil
}
