package protocol

import (
	"encoding/hex"
	"strings"
)

// sip asks what a server can do (RFC 3261, 11): OPTIONS is a question that changes nothing. rport lets the answer come back
// to where the request came from (RFC 3581).
func sip() *Protocol {
	return &Protocol{
		Name: "sip", Loose: true, Ports: []uint16{5060}, Secure: []uint16{5061}, Match: prefixed("SIP/2.0"),
		Ask: func(d *Dialogue) Answer {
			asked := sipOptions(fresh(), d.Name, "TCP")
			first, err := d.ask(asked)
			if err != nil || !strings.HasPrefix(first, "SIP/2.0 ") {
				return Answer{}
			}
			reply := first + "\r\n"
			for range maxLines {
				line, err := d.line()
				if err != nil || line == "" {
					break
				}
				reply += line + "\r\n"
			}
			a, ok := readSIP([]byte(reply), []byte(asked))
			a.Spoken = ok
			return a
		},
		UDP: &Datagram{
			Ports: []uint16{5060},
			Ask:   func(nonce [16]byte, _ uint16) []byte { return []byte(sipOptions(nonce, "", "UDP")) },
			Read:  readSIP,
		},
	}
}

func sipOptions(nonce [16]byte, name, transport string) string {
	if name == "" {
		name = "whyport.invalid"
	}
	id := hex.EncodeToString(nonce[:8])
	return "OPTIONS sip:" + name + " SIP/2.0\r\n" +
		"Via: SIP/2.0/" + transport + " whyport.invalid;branch=z9hG4bK" + id + ";rport\r\n" +
		"Max-Forwards: 70\r\nFrom: <sip:whyport@whyport.invalid>;tag=" + id[:8] + "\r\nTo: <sip:" + name + ">\r\n" +
		"Call-ID: " + id + "@whyport.invalid\r\nCSeq: 1 OPTIONS\r\nContact: <sip:whyport@whyport.invalid>\r\n" +
		"Accept: application/sdp\r\nContent-Length: 0\r\n\r\n"
}

// readSIP: a response repeats the Call-ID (RFC 3261, 8.2.6.2).
func readSIP(reply, asked []byte) (a Answer, ok bool) {
	status := firstLine(reply)
	if !strings.HasPrefix(status, "SIP/2.0 ") || len(status) < 11 {
		return a, false
	}
	head, _, _ := strings.Cut(string(reply), "\r\n\r\n")
	if id := headerOf(string(asked), "Call-ID", ""); id == "" || headerOf(head, "Call-ID", "i") != id {
		return a, false
	}
	if a.Product = headerOf(head, "Server", ""); a.Product == "" {
		a.Product = headerOf(head, "User-Agent", "")
	}
	if code := status[8:11]; code[0] != '2' {
		a.Code, a.Refused = code, code == "503" // others are for this caller or this question only
	}
	return a, true
}

// headerOf is a field of a head in the manner of RFC 822, by its name or its short form.
func headerOf(head, name, short string) string {
	for line := range strings.Lines(head) {
		field, value, ok := strings.Cut(line, ":")
		field = strings.TrimSpace(field)
		if ok && (strings.EqualFold(field, name) || short != "" && strings.EqualFold(field, short)) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
