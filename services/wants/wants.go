// Package wants has the words for what an application can want of ports, as profiles, plans and reports spell them. It
// imports nothing of the program, and all rooms may use it.
package wants

import "strings"

// How many ports of a group must be usable.
const (
	Any      = "any"      // one of them is enough; the first is preferred
	All      = "all"      // every one
	Optional = "optional" // reported, never decides
	Groups   = "groups"   // of a whole requirement: every group by its own mode
)

// Modes are those of a group.
func Modes() []string { return []string{Any, All, Optional} }

// What a port can be expected to speak.
const (
	Anything = ""
	TLS      = "tls"
	StartTLS = "starttls"
	Plain    = "plain" // a TCP connection is enough
	SSH      = "ssh"
	HTTP     = "http" // without TLS, as a link with http:// does
)

// Expectations are what can be expected of a port, without Anything and Protocols.
func Expectations() []string { return []string{TLS, StartTLS, Plain, SSH, HTTP} }

// Protocols are further ones that can be expected of a TCP port: those that the conversation knows.
func Protocols() []string {
	return strings.Fields(`
		adb ajp amqp asterisk-manager beanstalkd bolt cassandra ceph chargen clamd coap daytime dict distcc dns echo epmd firebird ftp
		ganglia gearman git gpsd https ident imap ipp irc iperf3 iscsi kadmin kafka kerberos kpasswd ldap lmtp lpd managesieve memcached
		mongodb mpd mqtt msrpc mssql mumble munin mysql nats nbd nfs nntp nrpe nut openvpn oracle-tns pop3 postgresql pptp rdp redis
		rpcbind rsync rtsp sip smb smtp socks spamd stomp stun svn synergy tarantool teamspeak telnet varnish-cli vnc x11
		xmpp zabbix zeromq zookeeper`)
}
