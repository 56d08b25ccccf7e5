package farend

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
)

// MaxBait bounds the lines that a listener sends back.
const MaxBait = 2 << 10

// Bait are lines with the client's own address and words that application gateways and inspections rewrite: FTP's active
// mode (RFC 959, RFC 2428), SIP's contacts (RFC 3261), SMTP's offer of encryption (RFC 3207). Each is sent as a segment of
// its own, the mark last.
func Bait(own netip.AddrPort) (lines []string, mark string) {
	mark = "END " + hex.EncodeToString(Nonce())
	a, p := own.Addr().Unmap().WithZone(""), own.Port()
	if a.Is4() {
		lines = append(lines, fmt.Sprintf("PORT %s,%d,%d\r\n", strings.ReplaceAll(a.String(), ".", ","), p>>8, p&0xff))
	}
	family := map[bool]int{true: 1, false: 2}[a.Is4()]
	lines = append(lines, fmt.Sprintf("EPRT |%d|%s|%d|\r\n", family, a, p),
		fmt.Sprintf("OPTIONS sip:whyport SIP/2.0\r\nVia: SIP/2.0/TCP %[1]s;branch=z9hG4bKwhyport\r\nContact: <sip:whyport@%[1]s>\r\n"+
			"Content-Length: 0\r\n\r\n", own),
		"EHLO whyport\r\n", "STARTTLS\r\n")
	return append(lines, mark+"\r\n"), mark
}

// Changed are the lines of the bait that arrived as others: what was sent, and what arrived. Lines are compared in order;
// what is missing is "".
func Changed(lines []string, arrived []byte) (out [][2]string) {
	sent := strings.Split(strings.Join(lines, ""), "\r\n")
	got := strings.Split(string(arrived), "\r\n")
	for i, s := range sent {
		g := ""
		if i < len(got) {
			g = got[i]
		}
		if s != g {
			out = append(out, [2]string{s, g})
		}
	}
	return out
}

// Cut is what stands in data up to and with the mark's line; false: it is not there yet.
func Cut(data []byte, mark string) ([]byte, bool) {
	end := []byte(mark + "\r\n")
	if i := bytes.Index(data, end); i >= 0 {
		return data[:i+len(end)], true
	}
	return data, false
}
