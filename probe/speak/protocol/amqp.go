package protocol

import (
	"bytes"
	"fmt"
	"strings"
)

// amqp begins a connection; RabbitMQ and others say who they are before anybody signs in (AMQP 0-9-1, 4.2.2 and 1.4.2.1).
func amqp() *Protocol {
	return &Protocol{
		Name: "amqp", Ports: []uint16{5672}, Secure: []uint16{5671}, Match: matching(`^AMQP[\x00-\x03][\x00-\x09][\x00-\x09][\x00-\x09]$`),
		Ask: func(d *Dialogue) (a Answer) {
			head, err := d.exchange([]byte("AMQP\x00\x00\x09\x01"), 8)
			switch {
			case err != nil:
				return a
			case string(head[:4]) == "AMQP": // another version: the one that it has
				a.Spoken, a.Product = head[4] < 4 && head[5] < 10 && head[6] < 10 &&
					string(head[4:]) != "\x00\x00\x09\x01", fmt.Sprintf(
					"AMQP %d.%d.%d",
					head[5],
					head[6],
					head[7],
				)
				return a
			case head[0] != 1 || be16(head[1:]) != 0:
				return a
			}
			body, err := d.read(int(min(be32(head[3:]), maxMessage)))
			if err != nil || len(body) < 12 || head[7] != 0 { // connection.start is 10, 10
				return a
			}
			body = append([]byte{head[7]}, body[:len(body)-1]...)
			if be32(body) != 10<<16|10 || body[4] > 1 {
				return a
			}
			a.Spoken, a.Product = true, strings.TrimSpace(longString(body, "product")+" "+longString(body, "version"))
			return a
		},
	}
}

// longString is a text in a field table (AMQP 0-9-1, 4.2.5.5).
func longString(table []byte, key string) string {
	i := bytes.Index(table, append([]byte{byte(len(key))}, key+"S"...))
	if i < 0 || i+len(key)+6 > len(table) {
		return ""
	}
	rest := table[i+len(key)+2:]
	if n := be32(rest); n < 60 && int(n)+4 <= len(rest) && printable(rest[4:4+n]) {
		return string(rest[4 : 4+n])
	}
	return ""
}
