package protocol

import "strings"

// managesieve: RFC 5804.
func managesieve() *Protocol {
	return &Protocol{
		Name: "managesieve", Ports: []uint16{4190}, First: Server,
		Match: func(said []byte, _ bool) (bool, string) {
			product, ok := strings.CutPrefix(firstLine(said), `"IMPLEMENTATION" `)
			return ok, strings.Trim(product, `"`)
		},
	}
}
