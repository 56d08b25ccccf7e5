package farend

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
)

// A frame is Magic, two bytes of length, a body in base64 (so that no device finds an address to rewrite in it), a MAC of the
// body and a line feed: what follows begins a line.
const (
	Magic    = "WHYPORT1"
	macBytes = 16
	headSize = len(Magic) + 2
	// MaxFrame bounds a whole frame.
	MaxFrame = 16 << 10
)

// Who speaks: a frame of one side can't be sent back as the other's.
const (
	fromClient = "question"
	fromServer = "answer"
)

var (
	errForeign = errors.New("not made with this token")
	errFrame   = errors.New("no frame")
)

// Question makes a client's frame; it is filled up to at least so many bytes.
func (t Token) Question(q *Question, least int) []byte {
	frame := t.frame(fromClient, nil, q)
	if missing := least - len(frame); missing > 0 {
		q.Fill = string(bytes.Repeat([]byte{'.'}, missing)) // base64 makes it longer still
		frame = t.frame(fromClient, nil, q)
	}
	return frame
}

// ReadQuestion reads a client's frame; the error says no more than that it is none with this token.
func (t Token) ReadQuestion(r io.Reader) (*Question, error) {
	q := &Question{}
	if err := t.read(r, fromClient, nil, q); err != nil {
		return nil, err
	}
	if len(q.Nonce) != NonceBytes || len(q.Run) != NonceBytes || len(q.Ports) > MaxPorts {
		return nil, errFrame
	}
	return q, nil
}

// Answer makes the listener's frame for a question: the question's nonce is part of what is signed.
func (t Token) Answer(a *Answer, nonce []byte) []byte { return t.frame(fromServer, nonce, a) }

// ReadAnswer reads the answer to the question with this nonce.
func (t Token) ReadAnswer(r io.Reader, nonce []byte) (*Answer, error) {
	a := &Answer{}
	if err := t.read(r, fromServer, nonce, a); err != nil {
		return nil, err
	}
	return a, nil
}

func (t Token) frame(side string, nonce []byte, message any) []byte {
	plain, err := json.Marshal(message)
	if err != nil {
		panic(err) // own types, which all have a form
	}
	body := base64.StdEncoding.AppendEncode(nil, plain)
	out := append([]byte(Magic), 0, 0)
	binary.BigEndian.PutUint16(out[len(Magic):], uint16(len(body)))
	out = append(out, body...)
	out = append(out, t.mac(side, nonce, body)[:macBytes]...)
	return append(out, '\n')
}

func (t Token) read(r io.Reader, side string, nonce []byte, into any) error {
	head := make([]byte, headSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	size := int(binary.BigEndian.Uint16(head[len(Magic):]))
	if string(head[:len(Magic)]) != Magic || size == 0 || size > MaxFrame-headSize-macBytes-1 {
		return errFrame
	}
	rest := make([]byte, size+macBytes+1)
	if _, err := io.ReadFull(r, rest); err != nil {
		return err
	}
	body, sum := rest[:size], rest[size:size+macBytes]
	if !hmac.Equal(sum, t.mac(side, nonce, body)[:macBytes]) {
		return errForeign
	}
	plain, err := base64.StdEncoding.AppendDecode(nil, body)
	if err != nil {
		return errFrame
	}
	return json.Unmarshal(plain, into)
}
