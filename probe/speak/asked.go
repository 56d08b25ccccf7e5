package speak

import (
	"slices"

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

// upgrades reports whether the port's usual protocol begins in the open and can be upgraded to TLS.
func (a *asker) upgrades() bool { return a.usual.Upgrade != nil && !a.usual.TLS }
