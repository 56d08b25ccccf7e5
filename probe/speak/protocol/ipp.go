package protocol

import (
	"strconv"
	"strings"
)

// ipp asks a printer that is hardly there for its attributes (RFC 8011, 4.2.5: operation 0x000b, in a POST). The answer's
// kind, or the server's name, tells printing from web pages.
func ipp() *Protocol {
	return &Protocol{Name: "ipp", Ports: []uint16{631}, Ask: func(d *Dialogue) (a Answer) {
		host := d.Name
		if host == "" {
			host = "localhost"
		}
		text := func(tag byte, name, value string) string {
			return string([]byte{tag}) + string(sized(2, []byte(name))) + string(sized(2, []byte(value)))
		}
		body := "\x01\x01\x00\x0b\x00\x00\x00\x01\x01" + text(0x47, "attributes-charset", "utf-8") +
			text(0x48, "attributes-natural-language", "en") + text(0x45, "printer-uri", "ipp://"+host+"/ipp/print") + "\x03"
		head, err := d.httpHead("POST /ipp/print HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: whyport\r\nConnection: close\r\n" +
			"Content-Type: application/ipp\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		server := headerOf(head, "Server", "")
		a.Spoken = err == nil && (headerOf(head, "Content-Type", "") == "application/ipp" || strings.Contains(server, "IPP/"))
		a.Product = server
		return a
	}}
}

// httpHead says a request and reads the head of the answer; "" where it is none.
func (d *Dialogue) httpHead(request string) (string, error) {
	head, err := d.ask(request)
	if err != nil || !strings.HasPrefix(head, "HTTP/1.") {
		return "", err
	}
	for range maxLines {
		line, err := d.line()
		if err != nil {
			return "", err
		}
		if line == "" {
			break
		}
		head += "\r\n" + line
	}
	return head, nil
}
