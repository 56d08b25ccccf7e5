package lookup

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"whyport/probe/evidence"
)

// Waits of a question: a datagram may get lost, so there is a second one.
const (
	firstWait  = time.Second
	secondWait = 1500 * time.Millisecond
	streamWait = 2 * time.Second
)

// Dial connects to a name server; nil: as the system does it.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// asker puts questions to name servers.
type asker struct{ dial Dial }

func (k asker) connect(ctx context.Context, network string, server netip.AddrPort) (net.Conn, error) {
	if k.dial != nil {
		return k.dial(ctx, network, server.String())
	}
	var d net.Dialer
	return d.DialContext(ctx, network, server.String())
}

// ask puts one question to one server: over UDP, and over TCP where the answer does not fit (RFC 7766, 5).
func (k asker) ask(ctx context.Context, server netip.AddrPort, name string, family evidence.Family) evidence.NameAnswer {
	begun := time.Now()
	a := evidence.NameAnswer{Server: server, Name: name, Family: family}
	k.overUDP(ctx, &a, true)
	if a.End == evidence.Answered && (a.RCode == "FORMERR" || a.RCode == "NOTIMP" || a.RCode == "BADVERS") {
		k.overUDP(ctx, &a, false) // a server that does not know EDNS (RFC 6891, 7)
	}
	if a.End == evidence.Answered && a.Truncated {
		whole := evidence.NameAnswer{Family: family}
		k.overTCP(ctx, server, name, &whole)
		if a.TCP = whole.End; whole.End == evidence.Answered {
			a.RCode, a.Addresses, a.Extended = whole.RCode, whole.Addresses, whole.Extended
		}
	}
	a.Elapsed = time.Since(begun)
	return a
}

func (k asker) overUDP(ctx context.Context, a *evidence.NameAnswer, edns bool) {
	q, err := query(number(), a.Name, a.Family, edns)
	if err != nil {
		return // no such name can exist
	}
	k.datagram(ctx, a, q)
}

// datagram sends a query, again where it is not answered.
func (k asker) datagram(ctx context.Context, a *evidence.NameAnswer, q []byte) {
	c, err := k.connect(ctx, "udp", a.Server)
	if err != nil {
		a.End = endOf(ctx, err)
		return
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	for _, wait := range []time.Duration{firstWait, secondWait} {
		if _, err = c.Write(q); err == nil {
			err = receive(c, q, wait, a)
		}
		if err == nil || ctx.Err() != nil || !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	if err != nil {
		a.End = endOf(ctx, err)
	}
}

// receive waits for the datagram that answers a query; others are not looked at.
func receive(c net.Conn, query []byte, wait time.Duration, into *evidence.NameAnswer) error {
	c.SetReadDeadline(time.Now().Add(wait))
	b := make([]byte, 1<<16)
	for {
		n, err := c.Read(b)
		if err != nil {
			return err
		}
		if belongs(b[:n], query) {
			read(b[:n], into)
			return nil
		}
	}
}

func (k asker) overTCP(ctx context.Context, server netip.AddrPort, name string, into *evidence.NameAnswer) {
	q, err := query(number(), name, into.Family, true)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, streamWait)
	defer cancel()
	c, err := k.connect(ctx, "tcp", server)
	if err != nil {
		into.End = endOf(ctx, err)
		return
	}
	defer c.Close()
	converse(ctx, c, q, into)
}

// converse puts one question on a connection and reads the answer.
func converse(ctx context.Context, c net.Conn, q []byte, into *evidence.NameAnswer) {
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	b := binary.BigEndian.AppendUint16(nil, uint16(len(q))) // RFC 1035, 4.2.2
	_, err := c.Write(append(b, q...))
	if err == nil {
		_, err = io.ReadFull(c, b)
	}
	message := make([]byte, binary.BigEndian.Uint16(b))
	if err == nil {
		_, err = io.ReadFull(c, message)
	}
	if err != nil {
		into.End = endOf(ctx, err)
		return
	}
	if into.End = evidence.Garbled; belongs(message, q) {
		read(message, into)
	}
}

// endOf is how an exchange ended that brought nothing.
func endOf(ctx context.Context, err error) evidence.Dialogue {
	switch {
	case ctx.Err() != nil && context.Cause(ctx) != context.DeadlineExceeded && context.Cause(ctx) != errTimeout:
		return evidence.NotAsked
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return evidence.Unanswered
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.Garbled
	}
	return evidence.NotReached
}

func number() uint16 {
	var b [2]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint16(b[:])
}
