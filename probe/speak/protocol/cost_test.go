package protocol

import (
	"bytes"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"whyport/probe/realtime"
)

// costly are the answers that a reader without bounds would spend most on, each as long as a connection may be.
var costly = sync.OnceValue(func() map[string][]byte {
	const size = 512 << 10
	repeated := func(s string) []byte { return bytes.Repeat([]byte(s), size/len(s)+1)[:size] }
	after := func(begin, s string) []byte { return append([]byte(begin), repeated(s)...) }
	random := make([]byte, size)
	r := rand.New(rand.NewPCG(16, 2026))
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	all := map[string][]byte{
		"random":             random,
		"one line":           repeated("A"),
		"empty lines":        repeated("\r\n"),
		"lines":              repeated("AB\r\n"),
		"words":              repeated("a "),
		"headers":            after("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"),
		"one header":         after("HTTP/1.1 200 OK\r\nServer: ", "b"),
		"reply of lines":     after("220-a\r\n", "250-a\r\n"),
		"untagged":           after("* OK a\r\n", "* CAPABILITY A\r\n"),
		"XML":                after("<?xml version='1.0'?>", "<a b='c'>"),
		"JSON":               after(`{"a":`, "["),
		"brackets":           repeated("(((((((("),
		"zeros":              make([]byte, size),
		"ones":               repeated("\xff"),
		"nested ASN.1":       repeated("\x30\x84\x00\x0f\xff\xf0"),
		"short ASN.1":        repeated("\x30\x80"),
		"ASN.1 elements":     after("\x30\x84\x00\x0f\xff\xf0", "\x02\x01\x01"),
		"DNS pointers":       repeated("\xc0\x0c"),
		"DNS labels":         repeated("\x01a"),
		"Telnet options":     repeated("\xff\xfd\x18"),
		"bulk strings":       after("*1048576\r\n", "$1\r\na\r\n"),
		"counts":             repeated("\x7f\xff\xff\xff"),
		"little counts":      repeated("\xff\xff\xff\x7f"),
		"attributes of four": repeated("\x00\x01\x00\x04abcd"),
	}
	return all
})

// flood is a connection whose other end says the same, without an end that matters, after each question.
type flood struct {
	says  []byte
	echo  int // bytes of each question that are repeated before
	asked []byte
	in    io.Reader
}

func (f *flood) Write(b []byte) (int, error) {
	f.asked = append(f.asked, b...)
	f.in = io.MultiReader(bytes.NewReader(bytes.Clone(b[:min(f.echo, len(b))])), bytes.NewReader(f.says))
	return len(b), nil
}

func (f *flood) Read(b []byte) (int, error) {
	if f.in == nil {
		f.in = bytes.NewReader(f.says)
	}
	return f.in.Read(b)
}

// cost lets a row read all that it can be made to: what is bounded elsewhere is as long as it can be (probe/speak/record.go,
// probe/socket).
func cost(p *Protocol, says []byte, echo int) time.Duration {
	const firstWords, datagram = 8 << 10, 2 << 10
	spent := realtime.CPU()
	for _, ask := range []func(*Dialogue) Answer{p.Ask, p.Older} {
		if ask != nil {
			d := NewDialogue(&flood{says: says, echo: echo})
			if len(p.Ports) > 0 {
				d.Port = p.Ports[0]
			}
			ask(d)
		}
	}
	if p.Match != nil {
		p.Match(says[:firstWords], true)
	}
	if p.Refused != nil {
		p.Refused(says[:firstWords])
	}
	if p.UDP != nil {
		ask := p.UDP.Ask
		if p.UDP.With != nil {
			ask = func(nonce [16]byte, _ uint16) []byte { return p.UDP.With(nonce, 0, Known{}) }
		}
		asked := ask(fresh(), p.UDP.Ports[0])
		p.UDP.Read(slices.Concat(asked[:min(echo, len(asked))], says)[:datagram], asked)
	}
	return spent()
}

// TestReadersCostAMoment: whatever a server says, and whatever it repeats of the question before, no row of the table spends more than
// a moment on it. A new row is tested without being named here.
func TestReadersCostAMoment(t *testing.T) {
	const moment = 200 * time.Millisecond
	begins := strangers()
	for _, said := range recordings() {
		begins = append(begins, string(said.answer))
	}
	worst, of := time.Duration(0), ""
	for i, p := range Table() {
		for j, kind := range slices.Sorted(maps.Keys(costly())) {
			for _, echo := range []int{0, 4, 12, -1} {
				says := costly()[kind]
				if echo < 0 { // after how any server begins: another one for each row and kind
					begin := begins[(31*i+j)%len(begins)]
					says, echo = slices.Concat([]byte(begin[:min(len(begin), 32)]), says), 0
				}
				took := cost(p, says, echo)
				for again := 0; took > moment && again < 2; again++ { // the collector may have done others' work
					took = min(took, cost(p, says, echo))
				}
				if took > worst {
					worst, of = took, p.Name+", "+kind
				}
				if took > moment {
					t.Errorf("%s: %v for %s", p.Name, took, kind)
				}
			}
		}
	}
	t.Logf("at most %v: %s", worst, of)
}

// TestRecogniseCostsAMoment: the same for first words, of which nobody knows yet whose they are.
func TestRecogniseCostsAMoment(t *testing.T) {
	for kind, said := range costly() {
		for _, usual := range []string{"", "http", "ssh", "xmpp", "mysql"} {
			spent := realtime.CPU()
			Recognise(said[:8<<10], usual)
			if took := spent(); took > 100*time.Millisecond {
				t.Errorf("%s, %q: %v", kind, usual, took)
			}
		}
	}
}
