package protocol

import (
	"regexp"
	"strings"
)

// Protocols that are known by the words they begin with, and asked nothing more.

func rsync() *Protocol {
	return &Protocol{Name: "rsync", Ports: []uint16{873}, First: Server, Match: prefixed("@RSYNCD:")}
}

func svn() *Protocol { return &Protocol{Name: "svn", First: Either, Match: prefixed("( success (")} }

func asterisk() *Protocol {
	return &Protocol{Name: "asterisk-manager", First: Either, Match: prefixed("Asterisk Call Manager/")}
}

func munin() *Protocol {
	return &Protocol{Name: "munin", First: Either, Match: prefixed("# munin node at")}
}

func teamspeak() *Protocol {
	return &Protocol{Name: "teamspeak", First: Either, Match: prefixed("TS3")}
}

// telnet: IAC WILL, WONT, DO or DONT comes first (RFC 854).
func telnet() *Protocol {
	return &Protocol{
		Name: "telnet", Ports: []uint16{23}, Secure: []uint16{992}, First: Server,
		Match: func(said []byte, _ bool) (bool, string) {
			return len(said) >= 3 && said[0] == 0xff && said[1] >= 0xfb && said[1] <= 0xfe, ""
		},
	}
}

// daytime has the shapes of RFC 867 answers that servers give: ctime, ISO, NIST's and Windows'.
func daytime() *Protocol {
	return &Protocol{
		Name: "daytime", Ports: []uint16{13}, First: Server,
		Match: func(said []byte, usual bool) (bool, string) {
			line := strings.TrimSpace(string(said))
			ok, _ := regexp.MatchString(`^[ -~]*\d{1,2}:\d{2}(:\d{2})?[ -~]*$`, line)
			return ok && (usual || dated(line)), ""
		},
	}
}

// dated reports whether a line is a date and a time, and not a sentence with a time in it.
func dated(line string) bool {
	ok, _ := regexp.MatchString(`^(\w{3},? )?(\w{3} +\d{1,2}|\d{1,2} \w{3}|\d{2,5}-\d{2}-\d{2}|\d{5} \d{2}-\d{2}-\d{2})[ T,]`, line)
	return ok && len(line) < 64
}

// timeProtocol: RFC 868, four bytes; nothing else tells it, so the port number must promise it.
func timeProtocol() *Protocol {
	return &Protocol{
		Name: "time", Ports: []uint16{37}, First: Server,
		Match: func(said []byte, usual bool) (bool, string) { return usual && len(said) == 4, "" },
	}
}

func qotd() *Protocol { return &Protocol{Name: "qotd", Ports: []uint16{17}, First: Server} }

// otherTLS are ports that begin with TLS for protocols that have no row: data of FTP, RADIUS, IPFIX, CoAP and others.
func otherTLS() *Protocol {
	return &Protocol{Secure: []uint16{989, 5223, 6514, 2083, 4740, 5684}}
}
