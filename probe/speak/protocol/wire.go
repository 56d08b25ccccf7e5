package protocol

import (
	"crypto/rand"
	"encoding/binary"
	"io"
)

// maxMessage of a binary protocol is read: an answer to a small question is small.
const maxMessage = 64 << 10

// read takes exactly n bytes.
func (d *Dialogue) read(n int) ([]byte, error) {
	if n < 0 || n > maxMessage {
		return nil, errLong
	}
	b := make([]byte, n)
	_, err := io.ReadFull(d.in, b)
	return b, err
}

// ask says text and reads one line.
func (d *Dialogue) ask(text string) (string, error) {
	if err := d.Say(text); err != nil {
		return "", err
	}
	return d.line()
}

// exchange says a message and reads the first n bytes of the answer.
func (d *Dialogue) exchange(message []byte, n int) ([]byte, error) {
	if err := d.Say(string(message)); err != nil {
		return nil, err
	}
	return d.read(n)
}

// sized puts the length of a message before it, as many DNS-like protocols over TCP do: bytes 2 or 4, big-endian.
func sized(bytes int, message []byte) []byte {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(message)))
	return append(n[8-bytes:], message...)
}

// sizedReply reads a message with its length before it.
func (d *Dialogue) sizedReply(bytes int) ([]byte, error) {
	head, err := d.read(bytes)
	if err != nil {
		return nil, err
	}
	n := uint64(0)
	for _, b := range head {
		n = n<<8 | uint64(b)
	}
	if n > maxMessage {
		return nil, errLong
	}
	return d.read(int(n))
}

// fresh is random bytes, to tell an answer from others.
func fresh() (nonce [16]byte) {
	_, _ = rand.Read(nonce[:])
	return nonce
}

func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// overTCP asks what is asked over UDP, with its length before it in so many bytes.
func (u *Datagram) overTCP(bytes int) func(*Dialogue) Answer {
	return func(d *Dialogue) Answer {
		asked := u.Ask(fresh(), d.Port)
		if d.Say(string(sized(bytes, asked))) != nil {
			return Answer{}
		}
		reply, err := d.sizedReply(bytes)
		if err != nil {
			return Answer{}
		}
		a, ok := u.Read(reply, asked)
		a.Spoken = ok
		return a
	}
}
