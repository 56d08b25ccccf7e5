package protocol

import (
	"slices"
	"sync"
)

// Table is all rows, in the order in which first words are held against them: the unmistakable ones first.
var Table = sync.OnceValue(func() []*Protocol {
	return []*Protocol{
		ssh(), http(), vnc(), rsync(), mysql(), telnet(), imap(), pop3(), managesieve(), smtp(), ftp(), nntp(), redis(),
		memcached(), rtsp(), sip(), amqp(), irc(), xmpp(), svn(), asterisk(), munin(), teamspeak(), ldap(), mongodb(),
		daytime(), timeProtocol(), postgresql(), rdp(), dict(), qotd(), chargen(), fragile(), otherTLS(),
		dns(), mdns(), ntp(), stun(), ike(), tftp(), sqlBrowser(),
	}
})

// Named is the row of a protocol; nil where there is none.
func Named(name string) *Protocol {
	for _, p := range Table() {
		if name != "" && (p.Name == name || p.Inside == name) {
			return p
		}
	}
	return nil
}

// Habit is what a port's number says of what is behind it.
type Habit struct {
	*Protocol        // never nil: a row without a name where the number says nothing
	Usual     string // as evidence calls it
	TLS       bool   // from the beginning
}

// Usual is the habit of a TCP port.
func Usual(port uint16) Habit {
	for _, p := range Table() {
		if slices.Contains(p.Secure, port) {
			name := p.Name
			if p.Inside != "" {
				name = p.Inside
			}
			return Habit{Protocol: p, Usual: name, TLS: true}
		}
		if slices.Contains(p.Ports, port) {
			return Habit{Protocol: p, Usual: p.Name}
		}
	}
	return Habit{Protocol: &Protocol{}}
}

// Recognise finds the protocol that first words belong to, and the product; nil where nothing matches.
func Recognise(said []byte, usual string) (*Protocol, string) {
	for _, p := range Table() {
		if p.Match == nil {
			continue
		}
		if ok, product := p.Match(said, usual != "" && p.Name == usual); ok {
			return p, product
		}
	}
	return nil, ""
}

// Datagrams begins to ask a port.
func Datagrams(port uint16) *Question {
	q := &Question{port: port}
	for _, p := range Table() {
		if p.UDP != nil && slices.Contains(p.UDP.Ports, port) {
			q.row = p
		}
	}
	return q
}
