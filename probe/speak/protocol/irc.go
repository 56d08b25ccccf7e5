package protocol

import (
	"regexp"
	"strings"
)

// irc: many of its servers greet, others wait for a name.
func irc() *Protocol {
	return &Protocol{
		Name: "irc", Loose: true, Ports: []uint16{6667}, Secure: []uint16{994, 6697}, First: Either,
		Bye: "QUIT\r\n",
		// Whoever has no name yet is told so, or greeted (RFC 2812, 3.7.2 and 5.2).
		Ask: func(d *Dialogue) (a Answer) {
			says := regexp.MustCompile(`^(:\S+ )?(451 \S+ |NOTICE \S+ :|PONG |ERROR :)`)
			line, err := d.ask("PING whyport\r\n")
			for n := 0; n < 5 && err == nil && !a.Spoken; n++ {
				a.Refused = ircError.MatchString(line)
				if a.Spoken = says.MatchString(line); a.Refused {
					_, a.Code, _ = strings.Cut(line, "ERROR :")
				} else if !a.Spoken {
					line, err = d.line()
				}
			}
			return a
		},
		Refused: func(said []byte) (refused, busy bool) { return ircError.MatchString(firstLine(said)), crowded(said) },
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "NOTICE AUTH") || ircError.MatchString(line) && strings.Contains(line, "Closing Link") ||
				strings.HasPrefix(line, ":") && (strings.Contains(line, " NOTICE ") || strings.Contains(line, " 451 ")), ""
		},
	}
}

// ircError ends a connection (RFC 2812, 3.7.4): a ban, a limit, or too fast a return.
var ircError = regexp.MustCompile(`^(:\S+ )?ERROR :`)
