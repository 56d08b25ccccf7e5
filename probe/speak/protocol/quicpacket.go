package protocol

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"strings"
)

// Initial packets of QUIC version 1 (RFC 9000, 17.2.2), protected by keys that whoever sees the client's first packet can make (RFC
// 9001, 5.2): an answer under the server's proves that it was read.

// quicSalt is version 1's (RFC 9001, 5.2).
var quicSalt = []byte("\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a")

// quicKeys protect the Initial packets of one side.
type quicKeys struct {
	seal   cipher.AEAD
	iv     []byte
	header cipher.Block
}

// quicInitialKeys of a side, "client in" or "server in", by the connection number that the client made up.
func quicInitialKeys(connection []byte, side string) (*quicKeys, error) {
	initial, err := hkdf.Extract(sha256.New, connection, quicSalt)
	if err != nil {
		return nil, err
	}
	secret, err := quicLabel(initial, side, sha256.Size)
	if err != nil {
		return nil, err
	}
	key, err1 := quicLabel(secret, "quic key", 16)
	iv, err2 := quicLabel(secret, "quic iv", 12)
	hp, err3 := quicLabel(secret, "quic hp", 16)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	block, err1 := aes.NewCipher(key)
	header, err2 := aes.NewCipher(hp)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	return &quicKeys{seal, iv, header}, err
}

// quicLabel is HKDF-Expand-Label without a context (RFC 8446, 7.1).
func quicLabel(secret []byte, label string, n int) ([]byte, error) {
	info := string([]byte{byte(n >> 8), byte(n), byte(len("tls13 " + label))}) + "tls13 " + label + "\x00"
	return hkdf.Expand(sha256.New, secret, info, n)
}

func (k *quicKeys) nonce(number uint64) []byte {
	n := bytes.Clone(k.iv)
	for i := range 8 {
		n[4+i] ^= byte(number >> (56 - 8*i))
	}
	return n
}

// quicInitial is a datagram with one Initial packet of a client, as long as a first one must be (RFC 9000, 14.1).
func quicInitial(to, from []byte, number byte, frames []byte) []byte {
	return quicInitialFor(to, to, from, number, frames)
}

// quicInitialFor is one to the number that a server has chosen; the keys stay those of the number that was made up.
func quicInitialFor(madeUp, to, from []byte, number byte, frames []byte) []byte {
	const least, tag, numberBytes = 1200, 16, 1
	head := append([]byte{0xc0, 0, 0, 0, 1, byte(len(to))}, to...)
	head = append(append(head, byte(len(from))), from...)
	head = append(head, 0) // no token
	pad := least - len(head) - 2 - numberBytes - tag - len(frames)
	frames = append(bytes.Clone(frames), make([]byte, max(pad, 0))...)
	head = binary.BigEndian.AppendUint16(head, 0x4000|uint16(numberBytes+len(frames)+tag))
	head = append(head, number)
	k, err := quicInitialKeys(madeUp, "client in")
	if err != nil {
		return nil // no such hash or cipher: a build for FIPS without it
	}
	packet := k.seal.Seal(head, k.nonce(uint64(number)), frames, head)
	at := len(head) - numberBytes
	mask := make([]byte, aes.BlockSize)
	k.header.Encrypt(mask, packet[at+4:at+4+aes.BlockSize])
	packet[0] ^= mask[0] & 0x0f
	packet[at] ^= mask[1]
	return packet
}

// quicOpened are the frames of the first packet of a datagram, a server's Initial in answer to the connection number that was
// made up; from is the number that the server has chosen for itself.
func quicOpened(datagram, madeUp, own []byte) (frames, from []byte, ok bool) {
	d := bytes.Clone(datagram)
	if len(d) < 7 || d[0]&0xf0 != 0xc0 || be32(d[1:]) != 1 {
		return nil, nil, false
	}
	rest, to, ok1 := quicBytes(d[5:])
	rest, from, ok2 := quicBytes(rest)
	tokenBytes, rest, ok3 := quicInt(rest)
	if !ok1 || !ok2 || !ok3 || !bytes.Equal(to, own) || tokenBytes > uint64(len(rest)) {
		return nil, nil, false
	}
	length, rest, ok4 := quicInt(rest[tokenBytes:])
	k, err := quicInitialKeys(madeUp, "server in")
	if !ok4 || err != nil || length > uint64(len(rest)) || length < 4+aes.BlockSize {
		return nil, nil, false
	}
	at := len(d) - len(rest)
	mask := make([]byte, aes.BlockSize)
	k.header.Encrypt(mask, rest[4:4+aes.BlockSize])
	d[0] ^= mask[0] & 0x0f
	numberBytes := int(d[0]&3) + 1
	number := uint64(0)
	for i := range numberBytes {
		d[at+i] ^= mask[1+i]
		number = number<<8 | uint64(d[at+i])
	}
	frames, err = k.seal.Open(nil, k.nonce(number), rest[numberBytes:length], d[:at+numberBytes])
	return frames, from, err == nil
}

// quicRetry reports a Retry packet for us, by its tag (RFC 9001, 5.8): the server wants to see that we get what it sends.
func quicRetry(datagram, madeUp, own []byte) bool {
	const tag = 16
	if len(datagram) < 7+tag || datagram[0]&0xf0 != 0xf0 || be32(datagram[1:]) != 1 {
		return false
	}
	if _, to, ok := quicBytes(datagram[5:]); !ok || !bytes.Equal(to, own) {
		return false
	}
	block, err := aes.NewCipher([]byte("\xbe\x0c\x69\x0b\x9f\x66\x57\x5a\x1d\x76\x6b\x54\xe3\x68\xc8\x4e"))
	if err != nil {
		return false
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return false
	}
	head := append(append([]byte{byte(len(madeUp))}, madeUp...), datagram[:len(datagram)-tag]...)
	_, err = seal.Open(nil, []byte("\x46\x15\x99\xd3\x5d\x63\x2b\xf2\x23\x98\x25\xbb"), datagram[len(datagram)-tag:], head)
	return err == nil
}

// quicBytes are bytes with their number before them, at most 20 of them (RFC 9000, 17.2).
func quicBytes(b []byte) (rest, what []byte, ok bool) {
	if len(b) < 1 || b[0] > 20 || int(b[0]) >= len(b) {
		return nil, nil, false
	}
	return b[1+b[0]:], b[1 : 1+b[0]], true
}

// quicInt is a number of one, two, four or eight bytes (RFC 9000, 16).
func quicInt(b []byte) (n uint64, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1<<(b[0]>>6) {
		return 0, nil, false
	}
	size := 1 << (b[0] >> 6)
	n = uint64(b[0] & 0x3f)
	for _, c := range b[1:size] {
		n = n<<8 | uint64(c)
	}
	return n, b[size:], true
}

// quicAlert is the reason of a CONNECTION_CLOSE among frames (RFC 9000, 19.19; RFC 9001, 4.8: TLS' alerts); hello reports a
// ServerHello's first byte.
func quicAlert(frames []byte) (reason string, hello bool) {
	for len(frames) > 0 {
		kind := frames[0]
		frames = frames[1:]
		switch kind {
		case 0, 1: // PADDING, PING
		case 2, 3: // ACK: largest, delay, ranges
			var ranges uint64
			ok := true
			for i := 0; ok && i < 4; i++ {
				var n uint64
				if n, frames, ok = quicInt(frames); i == 2 {
					ranges = n
				}
			}
			for range min(2*ranges, 64) {
				if ok {
					_, frames, ok = quicInt(frames)
				}
			}
			if !ok || kind == 3 {
				return reason, hello
			}
		case 6: // CRYPTO: offset, length
			offset, rest, ok1 := quicInt(frames)
			n, rest, ok2 := quicInt(rest)
			if !ok1 || !ok2 || n > uint64(len(rest)) {
				return reason, hello
			}
			hello = hello || offset == 0 && n > 0 && rest[0] == 2
			frames = rest[n:]
		case 0x1c:
			if code, _, ok := quicInt(frames); ok {
				return quicReason(code), hello
			}
			return "closed", hello
		default:
			return reason, hello
		}
	}
	return reason, hello
}

// quicReason names an error (RFC 9000, 20.1).
func quicReason(code uint64) string {
	switch {
	case code >= 0x100 && code < 0x200:
		return "TLS alert: " + strings.TrimPrefix(tls.AlertError(code-0x100).Error(), "tls: ")
	case code == 2:
		return "connection refused"
	case code == 0:
		return "closed"
	}
	return "error"
}
