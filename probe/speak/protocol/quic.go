package protocol

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// quic begins a handshake of version 1 for HTTP/3, twice, then offers a version that nobody has, so that a server says which it
// has (RFC 9000, 6; RFC 8999, 5 and 6): who reads that and not the handshakes has a filter before it that knows them.
func quic() *Protocol {
	return &Protocol{Name: "quic", UDP: &Datagram{
		Ports: []uint16{443, 7844, 8443},
		With: func(nonce [16]byte, try int, known Known) []byte {
			if try < 2 {
				return quicHello(nonce, known.Server)
			}
			return quicOffer(nonce)
		},
		Read: readQUIC,
		Bye:  quicBye,
	}}
}

// quicOffer is a first datagram of a version that only exercises negotiation.
func quicOffer(nonce [16]byte) []byte {
	b := append([]byte{0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8}, nonce[:8]...)
	b = append(append(b, 8), nonce[8:]...)
	return append(b, make([]byte, 1200-len(b))...)
}

// quicHello is an Initial packet with a ClientHello that fits into it: with one key share, and nothing after quantum computers.
func quicHello(nonce [16]byte, name string) []byte {
	config := &tls.Config{ServerName: name, NextProtos: []string{"h3"}, MinVersion: tls.VersionTLS13, CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}}
	if name == "" {
		config.ServerName, config.InsecureSkipVerify = "", true // no handshake is completed
	}
	session := tls.QUICClient(&tls.QUICConfig{TLSConfig: config})
	defer session.Close()
	// Each parameter is its number, its length and a value (RFC 9000, 18): our own connection number, and room for an answer.
	session.SetTransportParameters(slices.Concat([]byte{0x0f, 8}, nonce[8:], []byte{0x04, 4, 0x80, 1, 0, 0}))
	if session.Start(context.Background()) != nil {
		return quicOffer(nonce)
	}
	var hello []byte
	for e := session.NextEvent(); e.Kind != tls.QUICNoEvent; e = session.NextEvent() {
		if e.Kind == tls.QUICWriteData {
			hello = append(hello, e.Data...)
		}
	}
	crypto := binary.BigEndian.AppendUint16([]byte{6, 0}, 0x4000|uint16(len(hello)))
	packet := quicInitial(nonce[:8], nonce[8:], 0, append(crypto, hello...))
	if len(packet) != 1200 {
		return quicOffer(nonce)
	}
	return packet
}

// readQUIC takes a server's Initial, or its list of versions.
func readQUIC(reply, asked []byte) (a Answer, ok bool) {
	madeUp, own := asked[6:14], asked[15:23]
	handshake := be32(asked[1:]) == 1
	if frames, _, ok := quicOpened(reply, madeUp, own); ok && handshake {
		reason, hello := quicAlert(frames)
		a.Product = "QUIC 1"
		switch {
		case reason != "":
			a.Code, a.Refused = reason, true
		case hello:
			a.Product = "QUIC 1, handshake begun"
		}
		return a, true
	}
	if handshake && quicRetry(reply, madeUp, own) {
		a.Product = "QUIC 1, retry"
		return a, true
	}
	// Version 0; our two numbers the other way round; versions of four bytes each.
	if len(reply) < 27 || reply[0]&0x80 == 0 || be32(reply[1:]) != 0 || reply[5] != 8 || reply[14] != 8 || (len(reply)-23)%4 != 0 ||
		!bytes.Equal(reply[6:14], own) || !bytes.Equal(reply[15:23], madeUp) {
		return a, false
	}
	a.Product = quicVersions(reply[23:])
	if !handshake && bytes.Contains(reply[23:], []byte{0, 0, 0, 1}) {
		a.Product += ", but handshakes get no answer"
	}
	return a, true
}

// quicBye ends a handshake that the server has begun, so that it need not wait (RFC 9000, 10.2: CONNECTION_CLOSE).
func quicBye(reply, asked []byte) []byte {
	madeUp, own := asked[6:14], asked[15:23]
	frames, from, ok := quicOpened(reply, madeUp, own)
	if reason, _ := quicAlert(frames); !ok || reason != "" {
		return nil
	}
	return quicInitialFor(madeUp, from, own, 1, []byte{0x1c, 0, 0, 0})
}

// quicVersions by their numbers (RFC 9000, RFC 9369, drafts); those that only exercise negotiation are left out.
func quicVersions(list []byte) string {
	var names []string
	for ; len(list) >= 4 && len(names) < 4; list = list[4:] {
		switch v := binary.BigEndian.Uint32(list); {
		case v&0x0f0f0f0f == 0x0a0a0a0a:
		case v == 1:
			names = append(names, "1")
		case v == 0x6b3343cf:
			names = append(names, "2")
		case v>>8 == 0xff0000:
			names = append(names, fmt.Sprintf("draft %d", v&0xff))
		case printable(list[:4]):
			names = append(names, string(list[:4]))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "QUIC " + strings.Join(names, ", ")
}
