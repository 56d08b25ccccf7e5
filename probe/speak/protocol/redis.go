package protocol

import "strings"

func redis() *Protocol {
	return &Protocol{
		Name: "redis", Ports: []uint16{6379}, Ask: askRedis,
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "-ERR unknown command") || strings.HasPrefix(line, "-NOAUTH") || strings.HasPrefix(line, "+PONG") ||
				strings.HasPrefix(line, "-DENIED Redis") || strings.HasPrefix(line, "-ERR Protocol error"), ""
		},
		Refused: func(said []byte) (refused, busy bool) {
			return strings.HasPrefix(string(said), "-DENIED"), crowded(said)
		},
	}
}

// askRedis says PING; a server with a password asks for it, which is an answer, too.
func askRedis(d *Dialogue) (a Answer) {
	if d.Say("PING\r\n") != nil {
		return a
	}
	line, err := d.line()
	if err != nil || len(line) < 2 || line[0] != '+' && line[0] != '-' {
		return a
	}
	code, _, _ := strings.Cut(line[1:], " ")
	a.Spoken = true
	if line[0] == '-' {
		a.Code, a.Refused = code, code == "DENIED"
	}
	return a
}
