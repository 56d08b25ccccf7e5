package speak

import (
	"slices"
	"time"

	"whyport/probe/speak/protocol"
)

// What can be asked of a port, beside a protocol by its name, and the modes, as they stand in Request.
const (
	askedTLS      = "tls"
	askedStartTLS = "starttls"
	askedPlain    = "plain"

	modeAlways = "always"
	modeNever  = "never"
)

// Asked says what is asked of a port: "tls", "starttls", "plain", a protocol's name or "" (find out). expect is the
// profile's word, mode the user's ("auto", "always", "never"); the user's wins where they disagree.
func Asked(port uint16, expect, mode string) string {
	usual := protocol.Usual(port)
	switch {
	case protocol.Named(expect) != nil:
		return expect
	case expect == "" && slices.Contains(usual.Promised, port) && mode != modeAlways:
		return usual.Usual
	case mode == modeNever:
		return askedPlain
	case mode == modeAlways && expect != askedStartTLS:
		if expect == "" && usual.Upgrade != nil && !usual.TLS {
			return askedStartTLS
		}
		return askedTLS
	case expect != "":
		return expect
	case usual.TLS:
		return askedTLS
	}
	return ""
}

// promised is the protocol that was asked for by its name; nil where none was.
func (a *asker) promised() *protocol.Protocol { return protocol.Named(a.s.Asked) }

// expected is the protocol that was asked for by its name, or else the port's usual one; never nil.
func (a *asker) expected() *protocol.Protocol {
	if p := a.promised(); p != nil {
		return p
	}
	return a.usual.Protocol
}

// heardOf says how far first words on this port have come.
func (a *asker) heardOf(said []byte) protocol.Progress { return protocol.Heard(said, a.expected()) }

// upgrades reports whether the port's usual protocol begins in the open and can be upgraded to TLS.
func (a *asker) upgrades() bool {
	p := a.expected()
	return p.Upgrade != nil && !(a.usual.TLS && p == a.usual.Protocol)
}

// greetingExpected reports whether the server ought to speak first. A port that was promised to be
// TLS gets its ClientHello at once; a server that greets there shows itself all the same.
func (a *asker) greetingExpected() bool {
	switch a.s.Asked {
	case askedTLS:
		return false
	case askedStartTLS:
		return a.usual.First == protocol.Server || !a.upgrades()
	}
	if p := a.promised(); p != nil {
		return p.First == protocol.Server
	}
	return a.usual.First == protocol.Server && !a.usual.TLS
}

// greetingWait is how long a server has to speak first.
func (a *asker) greetingWait() time.Duration {
	switch {
	case a.usual.Quiet, a.Careful:
		return a.patience(quietWait, 0.4)
	case a.usual.Patient || a.s.Asked == askedStartTLS || a.promised() != nil:
		return a.patience(protocol.Late, 0.85)
	}
	return a.patience(greetingWait, 0.4)
}
