package target

import (
	"maps"
	"slices"
	"strings"
)

// scheme is what a URL's scheme says of the port.
type scheme struct {
	port   uint16
	expect string // "tls" from the first byte (STARTTLS does not count), or a protocol by its name; "" for others
	udp    bool
}

// schemes that are understood, with IANA's port for each.
var schemes = map[string]scheme{
	"http": {80, "http", false}, "https": {443, "tls", false}, "ws": {80, "http", false}, "wss": {443, "tls", false},
	"ftp": {21, "", false}, "ftps": {990, "tls", false}, "sftp": {22, "ssh", false}, "ssh": {22, "ssh", false}, "git": {9418, "", false},
	"ldap": {389, "", false}, "ldaps": {636, "tls", false},
	"smtp": {25, "", false}, "smtps": {465, "tls", false}, "imap": {143, "", false}, "imaps": {993, "tls", false},
	"pop3": {110, "", false}, "pop3s": {995, "tls", false}, "telnet": {23, "", false}, "rdp": {3389, "", false},
	"smb": {445, "", false}, "nfs": {2049, "", false}, "ipp": {631, "", false}, "ipps": {631, "tls", false},
	"vnc": {5900, "", false}, "rtsp": {554, "", false}, "sip": {5060, "", false}, "sips": {5061, "tls", false},
	"mysql": {3306, "", false}, "postgres": {5432, "", false}, "postgresql": {5432, "", false},
	"mariadb": {3306, "", false}, "sqlserver": {1433, "", false}, "db2": {50000, "", false},
	"redis": {6379, "", false}, "mongodb": {27017, "", false}, "amqp": {5672, "", false}, "amqps": {5671, "tls", false},
	"mqtt": {1883, "", false}, "mqtts": {8883, "tls", false}, "irc": {6667, "", false}, "ircs": {6697, "tls", false},
	"openvpn": {1194, "", true}, "openvpn-tcp": {1194, "", false}, // as settings of OpenVPN name it
}

// halfURL is the error for http:/server.example and https//server.example.
func halfURL(text string) error {
	i := strings.IndexAny(text, ":/")
	if i < 0 {
		return nil
	}
	if _, known := schemes[strings.ToLower(text[:i])]; !known {
		return nil
	}
	rest := strings.TrimLeft(text[i:], ":/")
	if len(text[i:])-len(rest) < 2 {
		return nil
	}
	return wrong("%s is nearly a URL", "type "+text[:i]+"://"+quoteless(rest), quote(text))
}

// parseURL takes host and port from a URL, of which the rest was left out by keep.
func parseURL(text string, named PortName) (Target, error) {
	name, authority, _ := strings.Cut(text, "://")
	known, ok := schemes[strings.ToLower(name)]
	if !ok {
		host, _, _ := splitPort(authority)
		return Target{}, wrong("%s is a URL scheme whose port is not known here",
			"type host and port: "+quoteless(host)+":443 (schemes that are known: "+strings.Join(common(), ", ")+", ...)", quote(name))
	}
	if authority == "" {
		return Target{}, wrong("%s has no host", "type for example https://server.example", quote(text))
	}
	if err := plausible(authority); err != nil {
		return Target{}, err
	}
	host, port, has := splitPort(authority)
	t, err := parseHost(text, host)
	if err != nil {
		return t, err
	}
	t.UDP = known.udp
	t.Port, t.Expect, t.Page = known.port, known.expect, strings.EqualFold(name, "https")
	if has && port != "" { // "https://host:/" is valid (RFC 3986, 3.2.3)
		t.Port, err = parsePort(host, port, named)
	}
	return t, err
}

// common are the schemes that a message names.
func common() []string {
	usual := slices.Sorted(maps.Keys(schemes))
	return slices.DeleteFunc(usual, func(s string) bool {
		return !slices.Contains([]string{"ftp", "http", "https", "imaps", "ldap", "ldaps", "rdp", "smtp", "ssh"}, s)
	})
}
