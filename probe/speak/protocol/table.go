package protocol

import (
	"slices"
	"sync"
)

// Table is all rows, in the order in which first words are held against them: the unmistakable ones first.
var Table = sync.OnceValue(func() []*Protocol {
	return []*Protocol{
		ssh(), http(), vnc(), rsync(), mysql(), telnet(), imap(), pop3(), managesieve(), dict(), lmtp(), smtp(), ftp(), nntp(), redis(),
		memcached(), rtsp(), sip(), amqp(), irc(), xmpp(), svn(), asterisk(), munin(), teamspeak(), ldap(), mongodb(),
		mpd(), varnish(), nats(), gpsd(), nbd(), ceph(), tarantool(), zeromq(), ganglia(), mumble(), synergy(),
		daytime(), timeProtocol(), postgresql(), rdp(), qotd(), chargen(), fragile(), otherTLS(),

		// What only an answer to a question tells.
		dns(), mdns(), ntp(), stun(), ike(), tftp(), sqlBrowser(), kerberos(), kpasswd(), snmp(), netbiosName(), rpcbind(), nfs(),
		openvpn(), wireguard(), l2tp(), quic(), dtls(), cldap(), radius(), syslog(),
		smb(), msrpc(), mqtt(), socks(), epmd(), pptp(), spamd(), zookeeper(), ident(), lpd(), clamd(), nut(), stomp(), gearman(),
		beanstalkd(), echo(), discard(), iperf3(), distcc(), nrpe(), zabbix(), firebird(), git(), cassandra(), iscsi(), x11(),
		adb(), ajp(), bolt(), sqlServer(), oracle(), kafka(), ipp(), kadmin(), coap(),
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
	for _, p := range Table() {
		if slices.Contains(p.Often, port) {
			often := *p
			often.Loose = true
			return Habit{Protocol: &often, Usual: p.Name}
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

// Anywhere are protocols whose servers are often on ports of their own choice, and say nothing to what is asked of unknown
// ports: the commonest first.
func Anywhere() []*Protocol {
	var out []*Protocol
	for _, name := range []string{"mqtt", "dns", "mongodb"} {
		out = append(out, Named(name))
	}
	return out
}

// Datagrams begins to ask a port.
func Datagrams(port uint16, known Known) *Question {
	q := &Question{port: port, known: known}
	for _, p := range Table() {
		if p.UDP != nil && slices.Contains(p.UDP.Ports, port) {
			q.row = p
		}
	}
	return q
}
