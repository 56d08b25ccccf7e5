package protocol

import (
	"bytes"
	"strings"
)

func ssh() *Protocol {
	return &Protocol{
		Name: "ssh", Ports: []uint16{22, 2222}, Promised: []uint16{22}, First: Server, Bye: sshBye,
		Match: func(said []byte, usual bool) (bool, string) {
			if product, ok := sshProduct(said); ok {
				return true, product
			}
			return usual && sshRefusal(firstLine(said)), ""
		},
		Whole: func(said []byte) bool {
			_, ok := sshProduct(said)
			return ok || sshRefusal(firstLine(said))
		},
		Refused: func(said []byte) (refused, busy bool) {
			return !bytes.Contains(said, []byte("SSH-")), firstLine(said) == "Exceeded MaxStartups" || crowded(said)
		},
	}
}

// sshBye is our version and SSH_MSG_DISCONNECT by the application (RFC 4253, 4.2, 6 and 11.1): OpenSSH logs whoever leaves without
// as an error, and guards count that.
const sshBye = "SSH-2.0-whyport\r\n" + "\x00\x00\x00\x14\x06" + "\x01\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00"

// sshProduct: RFC 4253 section 4.2 allows other lines before the version.
func sshProduct(said []byte) (product string, ok bool) {
	for line := range strings.Lines(string(said)) {
		if !strings.HasPrefix(line, "SSH-") || !strings.HasSuffix(line, "\n") {
			continue
		}
		parts := strings.SplitN(strings.TrimSpace(line), "-", 3)
		if len(parts) == 3 {
			product, _, _ = strings.Cut(parts[2], " ")
		}
		return product, true
	}
	return "", false
}

// sshRefusal reports whether a line is what OpenSSH says instead of its version where it will not talk.
func sshRefusal(line string) bool {
	return line == "Exceeded MaxStartups" || line == "Not allowed at this time"
}
