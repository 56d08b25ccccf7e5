package protocol

import (
	"bytes"
	"regexp"
	"strings"
	"time"
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
		Name: "daytime", Ports: []uint16{13}, First: Server, UDP: anything(13, func(reply []byte) bool {
			return clocked(reply) && dated(strings.TrimSpace(string(reply)))
		}),
		Match: func(said []byte, usual bool) (bool, string) {
			return clocked(said) && (usual || dated(strings.TrimSpace(string(said)))), ""
		},
	}
}

// clocked reports whether a line has a time of day in it.
func clocked(said []byte) bool {
	ok, _ := regexp.MatchString(`^[ -~]*\d{1,2}:\d{2}(:\d{2})?[ -~]*$`, strings.TrimSpace(string(said)))
	return ok
}

// anything is for services that answer any datagram (RFC 862 and its siblings).
func anything(port uint16, reads func(reply []byte) bool) *Datagram {
	return &Datagram{
		Ports: []uint16{port},
		Ask:   func(nonce [16]byte, _ uint16) []byte { return nonce[:] },
		Read:  func(reply, asked []byte) (Answer, bool) { return Answer{}, !bytes.Equal(reply, asked) && reads(reply) },
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
		UDP:   anything(37, func(reply []byte) bool { return len(reply) == 4 && today(be32(reply)) }),
		Match: func(said []byte, usual bool) (bool, string) { return usual && len(said) == 4, "" },
	}
}

// today reports whether seconds since 1900 are within a day of now: of four other bytes one in 25,000 is.
func today(seconds uint32) bool {
	const since1900, day = 2208988800, 24 * 3600
	off := int32(seconds - uint32(time.Now().Unix()+since1900))
	return -day < off && off < day
}

func qotd() *Protocol { return &Protocol{Name: "qotd", Ports: []uint16{17}, First: Server} }

// otherTLS are ports that begin with TLS for protocols that have no row: data of FTP, RADIUS, IPFIX, CoAP and others.
func otherTLS() *Protocol {
	return &Protocol{Secure: []uint16{989, 5223, 6514, 2083, 4740, 5684}}
}
