package protocol

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// Upgrade is how an attempt to upgrade to TLS ends.
type Upgrade int

// The ways it ends.
const (
	UpgradeNone       Upgrade = iota // the other side does not speak the protocol, or stopped speaking
	UpgradeReady                     // the next bytes may be a ClientHello
	UpgradeRefused                   // offered, then refused
	UpgradeNotOffered                // the protocol is spoken, TLS is not offered
)

// Upgraded is how it ended and what was learned on the way.
type Upgraded struct {
	Refused  bool // it answers, and does not serve
	How      Upgrade
	Spoken   bool   // the protocol itself answered
	Product  string // as it calls itself; "" where it does not
	Code     string // its word for a refusal, as in evidence.Speech; "" where there is none
	Stranger bool   // it does not serve the name, or wants one
	// Unanswered is set where a question that must be answered was not.
	Unanswered bool
}

const (
	maxLine  = 4096 // bytes; RFC 5321 allows 512, others more
	maxLines = 200  // of one reply
)

// errLong ends a dialogue with a server whose replies have no end.
var errLong = errors.New("the reply is too long")

// Dialogue is a conversation in a text or binary protocol, bounded in bytes and time by what is beneath.
type Dialogue struct {
	Greeting []byte // heard before
	Name     string // of the server; may be empty
	Port     uint16

	conn io.ReadWriter
	in   *bufio.Reader
}

// NewDialogue begins one on a connection.
func NewDialogue(conn io.ReadWriter) *Dialogue {
	return &Dialogue{conn: conn, in: bufio.NewReaderSize(conn, maxLine)}
}

// Unread is the number of bytes that came and were not read by the protocol.
func (d *Dialogue) Unread() int { return d.in.Buffered() }

// Say sends text as it is.
func (d *Dialogue) Say(text string) error {
	_, err := io.WriteString(d.conn, text)
	return err
}

// line reads one line, without its end.
func (d *Dialogue) line() (string, error) {
	b, err := d.in.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, bufio.ErrBufferFull) {
			return "", errLong
		}
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// reply reads a reply of the RFC 959 family with all its lines; code is its three digits.
func (d *Dialogue) reply() (code string, lines []string, err error) {
	for range maxLines {
		line, err := d.line()
		if err != nil {
			return "", lines, err
		}
		lines = append(lines, line)
		if len(line) >= 3 && (code == "" || line[:3] == code) {
			code = line[:3]
			if len(line) == 3 || line[3] != '-' {
				return code, lines, nil
			}
		}
	}
	return "", lines, errLong
}

// command says a line and reads its reply.
func (d *Dialogue) command(text string) (code string, lines []string, err error) {
	if err := d.Say(text + "\r\n"); err != nil {
		return "", nil, err
	}
	return d.reply()
}

// offers reports whether one of the lines is, or begins with, the word; case does not matter.
func offers(lines []string, word string) bool {
	for _, line := range lines {
		for _, field := range strings.Fields(strings.ToUpper(line)) {
			if strings.TrimPrefix(strings.TrimPrefix(field, "250-"), "250") == word || field == word {
				return true
			}
		}
	}
	return false
}

// answered turns the reply to an upgrade command into its end.
func answered(yes bool, offered bool) Upgrade {
	switch {
	case yes:
		return UpgradeReady
	case offered:
		return UpgradeRefused
	}
	return UpgradeNotOffered
}
