package protocol

import (
	"fmt"
	"strings"
)

// git asks for a repository that is not there (gitprotocol-pack(5), "Git Transport").
func git() *Protocol {
	return &Protocol{Name: "git", Loose: true, Ports: []uint16{9418}, Ask: func(d *Dialogue) (a Answer) {
		host := d.Name
		if host == "" {
			host = "whyport.invalid"
		}
		request := "git-upload-pack /whyport\x00host=" + host + "\x00"
		reply, err := d.exchange(fmt.Appendf(nil, "%04x%s", len(request)+4, request), 8)
		a.Spoken = err == nil && (string(reply[4:]) == "ERR " && strings.Trim(string(reply[:4]), "0123456789abcdef") == "")
		return a
	}}
}
