package protocol

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// TestQUICExamples: the packets of RFC 9001, A.3 and A.4 are opened, and no others.
func TestQUICExamples(t *testing.T) {
	madeUp, _ := hex.DecodeString("8394c8f03e515708")
	packet, _ := hex.DecodeString("cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4c" +
		"f73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d203" +
		"98c276456cbc42158407dd074ee")
	frames, from, ok := quicOpened(packet, madeUp, nil)
	if reason, hello := quicAlert(frames); !ok || reason != "" || !hello || hex.EncodeToString(from) != "f067a5502a4262b5" {
		t.Errorf("%v %x %q %v", ok, from, reason, hello)
	}
	retry, _ := hex.DecodeString("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
	if !quicRetry(retry, madeUp, nil) {
		t.Error("the Retry packet was not taken")
	}
	for i := range packet {
		other := bytes.Clone(packet)
		other[i] ^= 0x10
		if _, _, ok := quicOpened(other, madeUp, nil); ok {
			t.Fatalf("opened with byte %d changed", i)
		}
		if i < len(retry) {
			other = bytes.Clone(retry)
			other[i] ^= 0x10
			if quicRetry(other, madeUp, nil) {
				t.Fatalf("a Retry with byte %d changed", i)
			}
		}
	}
}

// quicServer is what a server says in its Initial to a client's, under the server's keys: to swap the sides' labels makes it one.
func quicServer(asked []byte, frames string) []byte {
	madeUp, own := asked[6:14], asked[15:23]
	k, _ := quicInitialKeys(madeUp, "server in")
	body := append([]byte(frames), make([]byte, 20)...)
	head := slices.Concat([]byte{0xc0, 0, 0, 0, 1, 8}, own, []byte{8}, []byte("serverid"), []byte{0, byte(0x40), byte(1 + len(body) + 16), 0})
	packet := k.seal.Seal(head, k.nonce(0), body, head)
	at, mask := len(head)-1, make([]byte, 16)
	k.header.Encrypt(mask, packet[at+4:at+20])
	packet[0] ^= mask[0] & 0x0f
	packet[at] ^= mask[1]
	return packet
}

// What a server says to a ClientHello, as Caddy was seen to, and how that is ended.
func TestQUICHandshake(t *testing.T) {
	for name, tc := range map[string]struct {
		frames, product, code string
		bye                   bool
	}{
		"hello":    {"\x02\x00\x00\x00\x00\x06\x00\x04\x02\x00\x00\x00", "QUIC 1, handshake begun", "", true},
		"only ACK": {"\x02\x00\x00\x00\x00", "QUIC 1", "", true},
		"alert":    {"\x1c\x41\x78\x00\x00", "QUIC 1", "TLS alert: no application protocol", false},
		"refused":  {"\x1c\x02\x00\x00", "QUIC 1", "connection refused", false},
	} {
		q := Datagrams(443, Known{Server: "server.test"})
		asked := q.Payload(0)
		reply := quicServer(asked, tc.frames)
		got := q.Read(reply)
		if len(asked) != 1200 || got.Identified != "quic" || got.Product != tc.product || got.Code != tc.code {
			t.Errorf("%s: %+v", name, got)
		}
		if bye := q.Bye(reply); (bye != nil) != tc.bye || tc.bye && string(bye[6:14]) != "serverid" {
			t.Errorf("%s: farewell %x", name, bye)
		}
		if other := Datagrams(443, Known{Server: "server.test"}); other.Payload(0) != nil && other.Read(reply).Identified != "" {
			t.Errorf("%s: an answer to another was taken", name)
		}
	}
	q := Datagrams(443, Known{})
	q.Payload(2)
	if got := q.Read(quicLike(q.Payload(2))); !strings.Contains(got.Product, "handshakes get no answer") {
		t.Errorf("%+v", got)
	}
}
