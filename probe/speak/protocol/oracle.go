package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"regexp"
	"strconv"
)

// oracle pings a listener as tnsping does: a connect packet with COMMAND=ping (python-oracledb's thin driver has the packet's
// layout). A listener accepts, refuses with its version, sends elsewhere or asks again.
func oracle() *Protocol {
	return &Protocol{Name: "oracle-tns", Ports: []uint16{1521}, Ask: func(d *Dialogue) (a Answer) {
		data := "(CONNECT_DATA=(COMMAND=ping))"
		ask := make([]byte, 58)
		for at, n := range map[int]uint16{0: uint16(58 + len(data)), 8: 0x0139, 10: 0x012c, 14: 0x0800, 16: 0x7fff, 18: 0x7f08, 22: 1, 24: uint16(len(data)), 26: 58} {
			binary.BigEndian.PutUint16(ask[at:], n)
		}
		ask[4] = 1
		head, err := d.exchange(append(ask, data...), 8)
		if err != nil || be16(head[2:]) != 0 || be16(head) < 8 || be16(head) > 8192 || be16(head[6:]) != 0 {
			return a
		}
		body, err := d.read(be16(head) - 8)
		if err != nil {
			return a
		}
		switch head[4] {
		case 2: // ACCEPT: the version is one that was offered
			a.Spoken = len(body) >= 16 && be16(body) >= 0x012c && be16(body) <= 0x0139
		case 4, 5: // REFUSE, REDIRECT
			a.Spoken = bytes.Contains(body, []byte("(DESCRIPTION=")) || bytes.Contains(body, []byte("(ADDRESS="))
			if head[4] == 5 {
				a.Refers = oracleAddresses(body)
			}
			if m := regexp.MustCompile(`\(VSNNUM=(\d{5,10})\)`).FindSubmatch(body); m != nil {
				a.Product = oracleVersion(m[1])
			}
		case 11: // RESEND
			a.Spoken = len(body) == 0
		}
		return a
	}}
}

// oracleAddresses are those of a REDIRECT (Oracle Net Services Reference, "Protocol Address Configuration").
func oracleAddresses(body []byte) (out []string) {
	for _, m := range regexp.MustCompile(`(?i)\(ADDRESS=((?:\([A-Z]+=[^()]*\))+)\)`).FindAllSubmatch(body, maxRefers) {
		host := regexp.MustCompile(`(?i)\(HOST=([\w.:-]+)\)`).FindSubmatch(m[1])
		port := regexp.MustCompile(`(?i)\(PORT=(\d{1,5})\)`).FindSubmatch(m[1])
		if host != nil && port != nil {
			out = append(out, net.JoinHostPort(string(host[1]), string(port[1])))
		}
	}
	return out
}

// oracleVersion writes the number of a release: one byte, then nibbles (Oracle's "Release Number Format").
func oracleVersion(digits []byte) string {
	n, err := strconv.ParseUint(string(digits), 10, 32)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("Oracle %d.%d.%d", n>>24, n>>20&15, n>>12&255)
}
