package simnet

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// Dialogue is a server's behaviour as bytes, of which any are one: fuzzers and seeded tests write them. A step is a byte, and for
// some the bytes behind it; what is missing at the end is 0. Connections get the parts between bytes stepNext in turn, and the last
// part from then on.
//
//	say n and n bytes           hear: waits until something is said        sleep n: 2^n ms
//	long b n: 2^n times byte b  repeat n m: what was said last, 2^n times, m ms apart
//	record t v n, m bytes: a TLS record of type t that claims n*256+m bytes and has the m
//	handshake: real TLS; what follows is said in it
//	end: of the own direction   reset   hold: waits until the client closes   endless: repeats for ever, 5 ms apart
type Dialogue []byte

// The steps; a byte stands for its remainder.
const (
	StepSay = iota
	StepHear
	StepSleep
	StepLong
	StepRepeat
	StepRecord
	StepHandshake
	StepEnd
	StepReset
	StepHold
	StepEndless
	StepNext
	Steps // how many there are
)

// mostSaid bounds what is written to one connection: a simulated one has no window.
const mostSaid = 4 << 20

// Server plays the dialogue; config is for real handshakes.
func (d Dialogue) Server(config *tls.Config) func(net.Conn) {
	parts, connections := d.parts(), atomic.Int32{}
	return func(c net.Conn) {
		n := int(connections.Add(1)) - 1
		p := player{script: parts[min(n, len(parts)-1)], conn: c, tcp: c, config: config}
		for p.err == nil && len(p.script) > 0 {
			p.step()
		}
	}
}

// parts are the connections' scripts. A separator is no separator inside what is said.
func (d Dialogue) parts() (all [][]byte) {
	p := player{script: d, conn: discard{}, tcp: discard{}}
	from := 0
	for len(p.script) > 0 {
		at := len(d) - len(p.script)
		if p.script[0]%Steps == StepNext {
			all, from = append(all, d[from:at]), at+1
		}
		p.arguments()
	}
	return append(all, d[from:])
}

type player struct {
	script []byte
	conn   net.Conn // tcp, or TLS on it
	tcp    net.Conn
	config *tls.Config
	last   []byte
	said   int
	err    error
}

// arguments takes a step and what belongs to it from the script.
func (p *player) arguments() (step byte, a, b byte, text []byte) {
	step = p.byte() % Steps
	switch step {
	case StepSay:
		text = p.bytes(int(p.byte()))
	case StepSleep:
		a = p.byte()
	case StepLong, StepRepeat:
		a, b = p.byte(), p.byte()
	case StepRecord:
		kind, version := p.byte(), p.byte()
		a, b = p.byte(), p.byte()
		text = append([]byte{kind, 3, version, a, b}, p.bytes(int(b))...)
	}
	return step, a, b, text
}

func (p *player) step() {
	switch step, a, b, text := p.arguments(); step {
	case StepSay, StepRecord:
		p.say(text)
	case StepHear:
		_, p.err = p.conn.Read(make([]byte, 1<<14))
	case StepSleep:
		time.Sleep(time.Millisecond << (a % 14))
	case StepLong:
		p.say(bytes.Repeat([]byte{a}, 1<<(b%18)))
	case StepRepeat:
		p.repeat(1<<(a%10), time.Duration(b)*time.Millisecond)
	case StepHandshake:
		s := tls.Server(p.conn, p.config)
		p.err, p.conn = s.Handshake(), s
	case StepEnd:
		p.err = p.tcp.(interface{ CloseWrite() error }).CloseWrite()
	case StepReset:
		p.err = p.tcp.(interface{ SetLinger(int) error }).SetLinger(0)
		p.script = nil
	case StepHold:
		_, p.err = io.Copy(io.Discard, p.conn)
	case StepEndless:
		p.repeat(1<<30, 5*time.Millisecond)
	}
}

func (p *player) say(text []byte) {
	if p.last = text; p.said > mostSaid {
		p.err = io.ErrShortWrite
		return
	}
	p.said += len(text)
	if p.err == nil {
		_, p.err = p.conn.Write(text)
	}
}

func (p *player) repeat(times int, pause time.Duration) {
	for i := 0; i < times && p.err == nil && len(p.last) > 0; i++ {
		p.say(p.last)
		time.Sleep(pause)
	}
}

func (p *player) byte() byte {
	b := p.bytes(1)
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func (p *player) bytes(n int) []byte {
	n = min(n, len(p.script))
	b := p.script[:n]
	p.script = p.script[n:]
	return b
}

// discard is the connection of a script that is only read.
type discard struct{ net.Conn }
