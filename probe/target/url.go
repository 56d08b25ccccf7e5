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
}

// schemes that are understood, with IANA's port for each.
var schemes = map[string]scheme{
	"http": {80, "http"}, "https": {443, "tls"}, "ws": {80, "http"}, "wss": {443, "tls"},
	"ftp": {21, ""}, "ftps": {990, "tls"}, "sftp": {22, "ssh"}, "ssh": {22, "ssh"}, "git": {9418, ""},
	"ldap": {389, ""}, "ldaps": {636, "tls"},
	"smtp": {25, ""}, "smtps": {465, "tls"}, "imap": {143, ""}, "imaps": {993, "tls"},
	"pop3": {110, ""}, "pop3s": {995, "tls"}, "telnet": {23, ""}, "rdp": {3389, ""},
	"smb": {445, ""}, "nfs": {2049, ""}, "ipp": {631, ""}, "ipps": {631, "tls"},
	"vnc": {5900, ""}, "rtsp": {554, ""}, "sip": {5060, ""}, "sips": {5061, "tls"},
	"mysql": {3306, ""}, "postgres": {5432, ""}, "postgresql": {5432, ""},
	"mariadb": {3306, ""}, "sqlserver": {1433, ""}, "db2": {50000, ""},
	"redis": {6379, ""}, "mongodb": {27017, ""}, "amqp": {5672, ""}, "amqps": {5671, "tls"},
	"mqtt": {1883, ""}, "mqtts": {8883, "tls"}, "irc": {6667, ""}, "ircs": {6697, "tls"},
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
