package target

import (
	"net/netip"
	"regexp"
	"strings"
)

// instance is SQL Server's name for one of several servers on a computer.
var instance = regexp.MustCompile(`^([0-9A-Za-z][0-9A-Za-z._-]*)\\[0-9A-Za-z_$#]+$`)

// sqlServer is a server with its port as Microsoft's database programs write it: server,1433 and tcp:server,1433.
var sqlServer = regexp.MustCompile(`^(?:(?i:tcp):)?([0-9A-Za-z][0-9A-Za-z._-]*),([0-9]{1,5})$`)

// sqlServerURL is a named instance in a URL of Microsoft's JDBC driver ("Building the connection URL"); a port wins over its name.
var sqlServerURL = regexp.MustCompile(`^(?i:sqlserver)://([0-9A-Za-z][0-9A-Za-z._-]*)\\[0-9A-Za-z_$#]+(:[0-9]+)?(?:;.*)?$`)

// oracle is what is behind jdbc:oracle:thin:, with the service behind a slash or a colon (Oracle JDBC Developer's Guide, "Database URLs").
var oracle = regexp.MustCompile(`^(?i:oracle:(?:thin|oci)):[^@]*@(?://)?([^/:@]+)(?::([0-9]+))?`)

// respelt is a target as other programs write it, in a form that is understood here; others come back as they are.
func respelt(text string) (string, error) {
	if m := instance.FindStringSubmatch(text); m != nil {
		return "", namedInstance(m[1])
	}
	if m := sqlServer.FindStringSubmatch(text); m != nil && (strings.Trim(m[1], "0123456789") != "") {
		return m[1] + ":" + m[2], nil
	}
	if len(text) > 5 && strings.EqualFold(text[:5], "jdbc:") {
		text = text[5:]
		if m := oracle.FindStringSubmatch(text); m != nil {
			if m[2] == "" {
				m[2] = "1521"
			}
			return m[1] + ":" + m[2], nil
		}
		if m := sqlServerURL.FindStringSubmatch(text); m != nil {
			if m[2] == "" {
				return "", namedInstance(m[1])
			}
			return m[1] + m[2], nil
		}
	}
	return text, nil
}

func namedInstance(host string) error {
	return wrong("a named instance of SQL Server has a port of its own",
		"type whyport "+host+" -p 1433,1434/udp: the port 1434 tells the instance's")
}

// numbered are the addresses of 203.0.113.7-9 and 203.0.113.7-203.0.113.9, as scanners write them; false where it is none.
func numbered(text string) ([]Target, bool, error) {
	from, to, is := strings.Cut(text, "-")
	first, err := netip.ParseAddr(from)
	if !is || err != nil || !first.Is4() {
		return nil, false, nil
	}
	if !strings.Contains(to, ".") {
		to = from[:strings.LastIndexByte(from, '.')+1] + to
	}
	last, err := netip.ParseAddr(to)
	switch {
	case err != nil || !last.Is4():
		return nil, true, wrong("%s is not a range of addresses", "type for example "+from+"-254", quote(text))
	case last.Less(first):
		return nil, true, wrong("the range %s runs backwards", "type "+last.String()+"-"+first.String(), quote(text))
	}
	var out []Target
	for a := first; ; a = a.Next() {
		if _, err := usable(a); err != nil {
			return nil, true, err
		}
		if out = append(out, literal(a.String(), a)); a == last {
			return out, true, nil
		}
		if len(out) == MaxRange {
			return nil, true, wrong("%s has more than %d addresses", "type a smaller range, such as "+from+"-254", quote(text), MaxRange)
		}
	}
}
