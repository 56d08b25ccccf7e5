package speak

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// The ways an attempt to upgrade to TLS ends.
type upgrade int

const (
	upgradeNone       upgrade = iota // the other side does not speak the protocol, or stopped speaking
	upgradeReady                     // the next bytes may be a ClientHello
	upgradeRefused                   // offered, then refused
	upgradeNotOffered                // the protocol is spoken, TLS is not offered
)

// upgraded is how it ended and what was learned on the way.
type upgraded struct {
	how      upgrade
	spoken   bool   // the protocol itself answered
	product  string // as it calls itself; "" where it does not
	stranger bool   // it does not serve the name, or wants one
}

// upgraderOf is how a protocol is upgraded to TLS; nil for one that can't be.
func upgraderOf(protocol string) func(*dialogue) upgraded {
	switch protocol {
	case "smtp":
		return upgradeSMTP
	case "imap":
		return upgradeIMAP
	case "pop3":
		return upgradePOP3
	case "ftp":
		return upgradeFTP
	case "nntp":
		return upgradeNNTP
	case "ldap":
		return upgradeLDAP
	case "xmpp":
		return upgradeXMPP
	case "postgresql":
		return upgradePostgreSQL
	case "mysql":
		return upgradeMySQL
	case "rdp":
		return upgradeRDP
	}
	return nil
}

const (
	maxLine  = 4096 // bytes; RFC 5321 allows 512, others more
	maxLines = 200  // of one reply
)

// errLong ends a dialogue with a server whose replies have no end.
var errLong = errors.New("the reply is too long")

// dialogue is a conversation in a text or binary protocol, bounded in bytes by what is beneath.
type dialogue struct {
	conn     io.ReadWriter
	in       *bufio.Reader
	greeting []byte // heard before
	name     string // of the server; may be empty
	port     uint16
}

func newDialogue(conn io.ReadWriter) *dialogue {
	return &dialogue{conn: conn, in: bufio.NewReaderSize(conn, maxLine)}
}

func (d *dialogue) say(text string) error {
	_, err := io.WriteString(d.conn, text)
	return err
}

// line reads one line, without its end.
func (d *dialogue) line() (string, error) {
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
func (d *dialogue) reply() (code string, lines []string, err error) {
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
func (d *dialogue) command(text string) (code string, lines []string, err error) {
	if err := d.say(text + "\r\n"); err != nil {
		return "", nil, err
	}
	return d.reply()
}

// ready opens another connection on which a ClientHello may be said: with a protocol, after its upgrade. nil: there is none.
func (a *asker) ready(ctx context.Context, protocol string) *recorder {
	c, err := a.open(ctx)
	if err != nil || protocol == "" {
		return c
	}
	d := newDialogue(c)
	d.name, d.port = a.ServerName, a.To.Port()
	if greets(protocol) {
		d.greeting, _ = c.listen(a.patience(promisedWait, 0.4))
	}
	c.within(a.patience(promisedWait, 0.5))
	if greets(protocol) && len(d.greeting) == 0 || upgraderOf(protocol)(d).how != upgradeReady {
		_ = c.Close()
		return nil
	}
	return c
}

// startTLS upgrades c by the protocol and judges the certificate as if TLS had come first. It reports
// whether the protocol was spoken; where it was not, nothing of it is in the evidence.
func (a *asker) startTLS(c *recorder, protocol string, greeting []byte) bool {
	d := newDialogue(c)
	d.greeting, d.name, d.port = greeting, a.ServerName, a.To.Port()
	floor := promisedWait
	if greeting == nil && a.s.Asked != askedStartTLS {
		floor = greetingWait // nobody has said yet that the protocol is spoken at all
	}
	c.within(a.patience(floor, 0.5))
	done := upgraderOf(protocol)(d)
	if done.spoken {
		a.s.Identified = protocol
		if done.product != "" {
			a.s.Product = cut(done.product, maxName)
		}
	}
	if done.stranger {
		a.s.Notes = append(a.s.Notes, evidence.NoteDomainUnknown)
	}
	a.s.TLS = nil
	a.upgradeNotes(done.how, protocol)
	if done.how != upgradeReady {
		if protocol == "ftp" && done.spoken {
			c.within(a.patience(3*time.Second, 0.5))
			a.passive(c, c)
		}
		return done.spoken
	}
	injected := d.in.Buffered() > 0 // CVE-2011-0411: bytes in plaintext that claim to come after the upgrade
	c.within(a.patience(3*time.Second, 0.6))
	h := handshake(c, hello{name: a.ServerName, startTLS: protocol})
	if h.err != nil && a.interrupted() {
		return done.spoken
	}
	if injected {
		h.tls.Notes = note(h.tls.Notes, evidence.NoteInjection)
	}
	if quiet(h.tls.State) {
		h = a.whyQuietUpgrade(h)
	}
	a.take(h)
	switch {
	case h.tls.State == evidence.TLSAlert:
		a.afterAlert()
	case protocol == "ftp" && h.err == nil:
		a.passive(h.conn, c)
	case h.err == nil:
		a.insists(h, c)
	}
	return true
}
