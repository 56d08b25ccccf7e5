package hold

import "whyport/probe/evidence"

// word is what is said to find out whether a connection still stands.
type word struct {
	name   string // of the protocol; evidence.WordKeepalive
	say    string // "": TCP's keepalive
	tls    bool   // inside a session
	server string // the name that the session is asked for
	alpn   []string
}

// harmless are each protocol's own ways to ask nothing: they need no login, change nothing, and are answered, if only with
// a refusal.
var harmless = map[string]string{
	"ssh":         "SSH-2.0-whyport\r\n", // RFC 4253, 4.2: the server answers with its key exchange
	"smtp":        "NOOP\r\n",            // RFC 5321, 4.1.1.9
	"imap":        "a NOOP\r\n",          // RFC 9051, 6.1.2
	"pop3":        "CAPA\r\n",            // RFC 2449, 5; NOOP wants a login
	"ftp":         "NOOP\r\n",            // RFC 959, 4.1.3
	"nntp":        "DATE\r\n",            // RFC 3977, 7.1
	"managesieve": "NOOP\r\n",            // RFC 5804, 2.13
	"redis":       "PING\r\n",
	"memcached":   "version\r\n",
}

// wordOf chooses by what spoke on the port. Nothing but TCP's own question goes to what was not recognised, to what speaks
// after an upgrade, and to anything with --careful: a stray byte can print a page or be an order to a machine.
func wordOf(s *evidence.Speech, server, host string, careful bool) word {
	out := word{name: evidence.WordKeepalive, server: server}
	if s == nil || careful {
		return out
	}
	out.tls = s.TLS.Completed() && s.TLS.StartTLS == ""
	kind := s.Identified
	if s.HTTP != nil {
		kind = "http"
	}
	if kind == "https" {
		kind = "http"
	}
	switch say, known := harmless[kind]; {
	case kind == "http":
		out.name, out.say = kind, "HEAD / HTTP/1.1\r\nHost: "+host+"\r\nUser-Agent: whyport\r\nConnection: close\r\n\r\n"
		if out.tls {
			out.alpn = []string{"http/1.1"}
		}
	case known:
		out.name, out.say = kind, say
	}
	return out
}
