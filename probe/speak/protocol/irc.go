package protocol

import "strings"

// irc: many of its servers greet, others wait for a name.
func irc() *Protocol {
	return &Protocol{
		Name: "irc", Ports: []uint16{6667}, Secure: []uint16{994, 6697}, First: Either,
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "NOTICE AUTH") || strings.HasPrefix(line, ":") &&
				(strings.Contains(line, " NOTICE ") || strings.Contains(line, " 451 ")), ""
		},
	}
}
