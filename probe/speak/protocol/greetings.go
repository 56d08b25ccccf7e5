package protocol

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Protocols whose servers say at once what they are.

// matching is a row's first words, as a whole; the first group is the product.
func matching(pattern string) func([]byte, bool) (bool, string) {
	return func(said []byte, _ bool) (bool, string) {
		m := regexp.MustCompile(pattern).FindSubmatch(said)
		if m == nil {
			return false, ""
		}
		if len(m) > 1 && printable(m[1]) {
			return true, strings.TrimSpace(string(m[1]))
		}
		return true, ""
	}
}

// dict: RFC 2229, 3.1: the capabilities and a number for this connection end the line.
func dict() *Protocol {
	greets := matching(`^220 \S* ?([^<>\r\n]{0,60}).*<[\w.]*> <[^<>@\s]+@[^<>\s]+>\r\n`)
	return &Protocol{
		Name: "dict", Loose: true, Ports: []uint16{2628}, First: Server, Bye: "QUIT\r\n", Refused: refusedReply,
		Match: func(said []byte, usual bool) (bool, string) {
			if ok, product := greets(said, usual); ok {
				return ok, product
			}
			return usual && isGreeting(firstLine(said), "420", "421", "530"), "" // not now; not for this computer
		},
	}
}

// mpd: Music Player Daemon's protocol, "Protocol overview".
func mpd() *Protocol {
	return &Protocol{Name: "mpd", Loose: true, Ports: []uint16{6600}, First: Server, Bye: "close\n", Match: matching(`^OK (MPD [\d.]+)\n`)}
}

// varnish: varnish-cli(7), "Line based protocol": status, length, then as much text; 107 asks for a proof.
func varnish() *Protocol {
	return &Protocol{
		Name:  "varnish-cli",
		Loose: true,
		Ports: []uint16{6082},
		First: Server,
		Match: func(said []byte, _ bool) (bool, string) {
			asked, _ := regexp.Match(`^107 59 {6}\n[a-z]{32}\n\nAuthentication required\.`, said)
			open, _ := regexp.Match(`^200 \d+ +\n-+\nVarnish Cache CLI`, said)
			return asked || open, ""
		},
	}
}

// nats: NATS' client protocol, "INFO".
func nats() *Protocol {
	return &Protocol{Name: "nats", Loose: true, Ports: []uint16{4222}, First: Server, Match: func(said []byte, _ bool) (bool, string) {
		if !bytes.HasPrefix(said, []byte("INFO {")) || !bytes.Contains(said, []byte(`"server_id":`)) {
			return false, ""
		}
		_, version := matching(`"version":"([\w.-]{1,30})"`)(said, false)
		return true, strings.TrimSpace("NATS " + version)
	}}
}

// lmtp: RFC 2033, 4: the greeting is SMTP's. Port 24 is for private mail systems.
func lmtp() *Protocol {
	return &Protocol{
		Name: "lmtp", Ports: []uint16{24}, First: Server, Bye: "QUIT\r\n", Refused: refusedReply,
		Match: func(said []byte, usual bool) (bool, string) {
			line := firstLine(said)
			upper := strings.ToUpper(line)
			named := strings.Contains(upper, "LMTP") && !strings.Contains(upper, "SMTP")
			return isGreeting(line, "220", "421", "554") && (named || usual), productIn(line)
		},
	}
}

// chargen: each line begins one further in the ring of what is printable (RFC 864).
func chargen() *Protocol {
	return &Protocol{Name: "chargen", Ports: []uint16{19}, First: Server,
		Match: func(said []byte, _ bool) (bool, string) {
			return len(firstLine(said)) >= 40 && ring(firstLine(said)), ""
		},
		// A datagram may end anywhere in the ring.
		UDP: anything(19, func(reply []byte) bool { return len(reply) >= 8 && ring(firstLine(reply)) }),
	}
}

// ring reports whether each letter is one further than that before.
func ring(line string) bool {
	for i := 1; i < len(line); i++ {
		if line[i] != line[i-1]+1 && !(line[i-1] >= '}' && line[i] <= '!') {
			return false
		}
	}
	return len(line) >= 8
}

// gpsd: gpsd_json(5), VERSION.
func gpsd() *Protocol {
	return &Protocol{
		Name:  "gpsd",
		Loose: true,
		Ports: []uint16{2947},
		First: Server,
		Match: matching(`^\{"class":"VERSION","release":"([\w.~-]{1,30})"`),
	}
}

// nbd: the NBD protocol, "Newstyle negotiation".
func nbd() *Protocol {
	return &Protocol{Name: "nbd", Loose: true, Ports: []uint16{10809}, First: Server, Match: func(said []byte, _ bool) (bool, string) {
		return bytes.HasPrefix(said, []byte("NBDMAGICIHAVEOPT")) ||
			bytes.HasPrefix(said, []byte("NBDMAGIC\x00\x00\x42\x02\x81\x86\x12\x53")), ""
	}}
}

// ceph: Ceph's messenger protocol, "Banner": a monitor says its version first.
func ceph() *Protocol {
	return &Protocol{Name: "ceph", Loose: true, Ports: []uint16{3300, 6789}, First: Server, Match: matching(`^(ceph v(?:2\n|027))`)}
}

// tarantool: its binary protocol, "Greeting message".
func tarantool() *Protocol {
	return &Protocol{
		Name:  "tarantool",
		Loose: true,
		Ports: []uint16{3301},
		First: Server,
		Match: matching(`^(Tarantool [\d.]+\S*) \(Binary\)`),
	}
}

// zeromq: ZMTP 3.1 (RFC 23), "Greeting": the signature comes first.
func zeromq() *Protocol {
	return &Protocol{
		Name:  "zeromq",
		Loose: true,
		Ports: []uint16{4505, 4506},
		First: Server,
		Match: func(said []byte, usual bool) (bool, string) {
			return usual && len(said) >= 10 && said[0] == 0xff && said[9] == 0x7f && be32(said[1:]) == 0, ""
		},
	}
}

// ganglia: gmond's list of its cluster.
func ganglia() *Protocol {
	return &Protocol{Name: "ganglia", Loose: true, Ports: []uint16{8649}, First: Server,
		Match: matching(`^<\?xml [^>]*>\s*<!DOCTYPE GANGLIA_XML`)}
}

// synergy shares a mouse and keyboard, as Barrier and Deskflow do: a message with its length says the name and two numbers of the
// version, as was seen of Barrier 2.4.
func synergy() *Protocol {
	return &Protocol{Name: "synergy", Loose: true, Ports: []uint16{24800}, First: Server, Match: func(said []byte, _ bool) (bool, string) {
		m := regexp.MustCompile(`(?s)^\x00\x00\x00[\x0a-\x20](Barrier|Synergy)\x00(.)\x00(.)`).FindSubmatch(said)
		if m == nil {
			return false, ""
		}
		return true, fmt.Sprintf("%s %d.%d", m[1], m[2][0], m[3][0])
	}, Whole: func(said []byte) bool { return len(said) >= 4 && len(said) >= 4+int(be32(said)) }}
}
