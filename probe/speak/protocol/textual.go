package protocol

import (
	"encoding/hex"
	"regexp"
	"strings"
)

// Protocols whose question and answer are a line each.

// asking is a row's question in one line, and what the first line of the answer looks like; its first group is the product.
func asking(question, answer string) func(*Dialogue) Answer {
	return func(d *Dialogue) (a Answer) {
		line, err := d.ask(question)
		if err != nil {
			return a
		}
		if m := regexp.MustCompile(answer).FindStringSubmatch(line); m != nil && printable([]byte(line)) {
			a.Spoken = true
			if len(m) > 1 {
				a.Product = m[1]
			}
		}
		return a
	}
}

// spamd answers PING (SpamAssassin's spamd/PROTOCOL).
func spamd() *Protocol {
	return &Protocol{Name: "spamd", Loose: true, Ports: []uint16{783}, Ask: asking("PING SPAMC/1.2\r\n\r\n", `^SPAMD/[\d.]+ 0 PONG$`)}
}

// zookeeper: "srvr" is the one of its four-letter words that is allowed by default (ZooKeeper Administrator's Guide).
func zookeeper() *Protocol {
	return &Protocol{Name: "zookeeper", Ports: []uint16{2181},
		Ask: asking(
			"srvr",
			`^(?:(Zookeeper version: [\w.-]{1,40}).*|srvr is not executed because it is not in the whitelist\.|This ZooKeeper instance is not currently serving requests)$`,
		)}
}

// ident is asked for a connection that does not exist (RFC 1413, 3).
func ident() *Protocol {
	return &Protocol{Name: "ident", Loose: true, Ports: []uint16{113}, Ask: asking("1, 1\r\n", `^\s*1\s*,\s*1\s*:\s*(?:ERROR|USERID)\s*:`)}
}

// lpd is asked, only where it was promised by its name, for the state of a queue that is hardly there (RFC 1179, 5.3); the
// answer is for people. Its port is one of the fragile ones.
func lpd() *Protocol {
	return &Protocol{Name: "lpd", Ask: func(d *Dialogue) (a Answer) {
		line, err := d.ask("\x03whyport\n")
		if err != nil || !printable([]byte(line)) || strings.HasPrefix(line, "HTTP/") {
			return a
		}
		a.Spoken = regexp.MustCompile(`(?i)\bprinter\b|\bqueue\b|no entries|\blpd\b|print server`).MatchString(line)
		a.Refused = a.Spoken && regexp.MustCompile(`(?i)does not have .*access|no connect permissions|access denied`).MatchString(line)
		return a
	}}
}

// clamd: clamd(8), commands.
func clamd() *Protocol {
	return &Protocol{Name: "clamd", Loose: true, Ports: []uint16{3310}, Ask: asking("nVERSION\n", `^(ClamAV [\d.]+\S*)`)}
}

// nut: Network UPS Tools' protocol (RFC 9271, 4.2.10).
func nut() *Protocol {
	return &Protocol{Name: "nut", Loose: true, Ports: []uint16{3493}, Bye: "LOGOUT\n",
		Ask: asking("VER\n", `^(Network UPS Tools upsd [\d.]+\S*)`)}
}

// stomp: STOMP 1.2, "Connecting": no version in common is answered with ERROR and headers.
func stomp() *Protocol {
	return &Protocol{Name: "stomp", Loose: true, Ports: []uint16{61613}, Ask: func(d *Dialogue) (a Answer) {
		line, err := d.ask("STOMP\naccept-version:0\nhost:whyport.invalid\n\n\x00\n")
		if err != nil || line != "ERROR" && line != "CONNECTED" {
			return a
		}
		header, err := d.line()
		a.Spoken = err == nil &&
			regexp.MustCompile(`^(version|content-type|content-length|message|server|session|heart-beat):`).MatchString(header)
		return a
	}}
}

// gearman is sent something to give back (Gearman's PROTOCOL, "ECHO_REQ").
func gearman() *Protocol {
	return &Protocol{Name: "gearman", Loose: true, Ports: []uint16{4730}, Ask: func(d *Dialogue) (a Answer) {
		nonce := fresh()
		tail := "\x00\x00\x00\x08" + string(nonce[:8])
		reply, err := d.exchange([]byte("\x00REQ\x00\x00\x00\x10"+tail), 20)
		a.Spoken = err == nil && string(reply) == "\x00RES\x00\x00\x00\x11"+tail
		return a
	}}
}

// beanstalkd: beanstalkd's doc/protocol.txt, "stats": a list in YAML.
func beanstalkd() *Protocol {
	return &Protocol{
		Name:  "beanstalkd",
		Loose: true,
		Ports: []uint16{11300},
		Bye:   "quit\r\n",
		Match: prefixed("UNKNOWN_COMMAND\r\n"),
		Ask: func(d *Dialogue) (a Answer) {
			first, err := d.ask("stats\r\n")
			ok, _ := regexp.MatchString(`^OK \d{1,5}$`, first)
			if err != nil || !ok {
				return a
			}
			for range 60 {
				line, err := d.line()
				if err != nil {
					break
				}
				if version, ok := strings.CutPrefix(line, "version: "); ok {
					return Answer{Spoken: true, Product: "beanstalkd " + strings.Trim(version, `"`)}
				}
			}
			return a
		},
	}
}

// Echo is the name of the protocol that gives back what it gets (RFC 862).
const Echo = "echo"

func echo() *Protocol {
	return &Protocol{
		Name: Echo, Ports: []uint16{7},
		Ask: func(d *Dialogue) (a Answer) {
			nonce := fresh()
			line := hex.EncodeToString(nonce[:]) + "\r\n"
			reply, err := d.exchange([]byte(line), len(line))
			a.Spoken = err == nil && string(reply) == line
			return a
		},
		UDP: &Datagram{
			Ports: []uint16{7},
			Ask:   func(nonce [16]byte, _ uint16) []byte { return nonce[:] },
			Read:  func(reply, asked []byte) (Answer, bool) { return Answer{}, string(reply) == string(asked) },
		},
	}
}

// discard says nothing, whatever it gets (RFC 863).
func discard() *Protocol {
	return &Protocol{Name: "discard", Ports: []uint16{9}, Quiet: true, UDP: &Datagram{
		Ports: []uint16{9}, Silent: true,
		Ask:  func(nonce [16]byte, _ uint16) []byte { return nonce[:] },
		Read: func([]byte, []byte) (Answer, bool) { return Answer{}, false },
	}}
}
