package protocol

import (
	"regexp"
	"strings"
)

// epmd lists the nodes of Erlang on a computer (Erlang's documentation, "Distribution Protocol", 13.2: NAMES_REQ). The answer
// begins with its own port.
func epmd() *Protocol {
	return &Protocol{Name: "epmd", Loose: true, Ports: []uint16{4369}, Ask: func(d *Dialogue) (a Answer) {
		head, err := d.exchange([]byte{0, 1, 'n'}, 4)
		if err != nil || be32(head) != 4369 && be32(head) != uint32(d.Port) {
			return a
		}
		var nodes []string
		for range 20 {
			line, err := d.line()
			if err != nil {
				break
			}
			node := regexp.MustCompile(`^name (\S{1,40}) at port \d+$`).FindStringSubmatch(line)
			if node == nil {
				return a
			}
			nodes = append(nodes, node[1])
		}
		a.Spoken, a.Product = true, strings.Join(nodes, ", ")
		return a
	}}
}
