package protocol

import "strings"

func redis() *Protocol {
	return &Protocol{
		Name: "redis", Ports: []uint16{6379},
		Match: func(said []byte, _ bool) (bool, string) {
			line := firstLine(said)
			return strings.HasPrefix(line, "-ERR unknown command") || strings.HasPrefix(line, "-NOAUTH") ||
				strings.HasPrefix(line, "-DENIED Redis") || strings.HasPrefix(line, "-ERR Protocol error"), ""
		},
		Refused: func(said []byte) (refused, busy bool) {
			return strings.HasPrefix(string(said), "-DENIED"), crowded(said)
		},
	}
}
