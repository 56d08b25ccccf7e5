package protocol

import (
	"regexp"
	"strings"
)

func redis() *Protocol {
	return &Protocol{
		Name: "redis", Ports: []uint16{6379}, Ask: askRedis,
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "-ERR unknown command") || strings.HasPrefix(line, "-NOAUTH") || strings.HasPrefix(line, "-ERR max number of clients") ||
				strings.HasPrefix(line, "+PONG") ||
				strings.HasPrefix(line, "-DENIED Redis") ||
				strings.HasPrefix(line, "-ERR Protocol error"), ""
		},
		Refused: func(said []byte) (refused, busy bool) {
			full := strings.Contains(firstLine(said), "max number of clients")
			return strings.HasPrefix(string(said), "-DENIED") || full, full || crowded(said)
		},
	}
}

// askRedis says PING; a server with a password asks for it, which is an answer, too.
func askRedis(d *Dialogue) (a Answer) {
	if d.Say("PING\r\n") != nil {
		return a
	}
	line, err := d.line()
	if err != nil {
		return a
	}
	code, _, _ := strings.Cut(line[min(1, len(line)):], " ")
	switch word, _ := regexp.MatchString(`^-[A-Z]{3,12}$`, line[:min(len(code)+1, len(line))]); {
	case line == "+PONG":
		a.Spoken = true
	case word:
		a.Spoken, a.Code = true, code
		// Until it has read its data it serves nothing (Redis' documentation, "Error replies").
		a.Refused = code == "DENIED" || code == "LOADING" || strings.HasPrefix(line, "-ERR max number of clients")
	}
	return a
}
