package protocol

import (
	"bytes"
	"fmt"
)

// distcc has no question but a job: a file without content (distcc's doc/protocol-1.txt).
func distcc() *Protocol {
	return &Protocol{Name: "distcc", Loose: true, Ports: []uint16{3632}, Ask: func(d *Dialogue) (a Answer) {
		ask := "DIST00000001ARGC00000005"
		for _, word := range []string{"cc", "-c", "w.c", "-o", "w.o"} {
			ask += fmt.Sprintf("ARGV%08x%s", len(word), word)
		}
		reply, err := d.exchange([]byte(ask+"DOTI00000000"), 24)
		a.Spoken = err == nil && bytes.HasPrefix(reply, []byte("DONE00000001STAT"))
		return a
	}}
}
