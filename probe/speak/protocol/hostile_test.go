package protocol

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// wire is a connection whose other end answers whatever is said to it, and hangs up when it is waited for.
type wire struct {
	answer func(asked []byte) []byte
	asked  []byte
	said   bytes.Buffer
}

func (w *wire) Write(b []byte) (int, error) {
	w.asked = append(w.asked, b...)
	w.said.Write(w.answer(b))
	return len(b), nil
}

func (w *wire) Read(b []byte) (int, error) { return w.said.Read(b) }

// named is what a row is called after this answer to its questions, or these first words; "" is as it should be.
func named(p *Protocol, answer func(asked []byte) []byte) string {
	for _, ask := range []func(*Dialogue) Answer{p.Ask, p.Older} {
		if ask == nil {
			continue
		}
		for _, port := range slices.Concat(p.Ports, p.Secure, []uint16{515}) {
			d := NewDialogue(&wire{answer: answer})
			d.Port = port
			if ask(d).Spoken {
				return p.Name + ", asked"
			}
		}
	}
	if said := answer(nil); p.Match != nil && p.Name != "time" { // four bytes of any kind are a time
		if ok, _ := p.Match(said, true); ok {
			return p.Name + ", listened to"
		}
	}
	if p.UDP != nil {
		q := Question{port: p.UDP.Ports[0], row: p}
		for try := range 3 {
			asked := q.Payload(try)
			if _, ok := p.UDP.Read(answer(asked), asked); ok {
				return p.Name + ", over UDP"
			}
		}
	}
	return ""
}

// Nobody is named for random answers, for what was asked come back, or for what others say.
func TestNobodyIsNamedForNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 2026))
	garbage := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	rounds, seen := 2000, map[string]bool{}
	report := func(got, answer string) { // each once
		if !seen[got] {
			t.Errorf("%s, is named for %s: look for more that only a true answer has, such as a number of the question or another code", got, answer)
		}
		seen[got] = true
	}
	if testing.Short() {
		rounds = 200
	}
	for _, p := range Table() {
		for n := range rounds {
			answer := garbage(random.IntN(200))
			if got := named(p, func([]byte) []byte { return answer }); got != "" {
				report(got, fmt.Sprintf("random bytes %x", answer))
			}
			if n%20 != 0 {
				continue
			}
			for kind, change := range map[string]func(asked []byte) []byte{
				"the question":                  slices.Clone[[]byte],
				"the question with a tail":      func(asked []byte) []byte { return append(slices.Clone(asked), answer...) },
				"the beginning of the question": func(asked []byte) []byte { return append(slices.Clone(asked[:len(asked)/3]), answer...) },
			} {
				got := named(p, change)
				if strings.HasPrefix(got, "echo, ") || got == "" {
					continue
				}
				report(got, kind+" sent back")
			}
		}
	}
}

// strangers are what other servers say to whatever they are asked.
func strangers() []string {
	return []string{
		"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\n\r\n<html>printer queue</html>\r\n", "\x15\x03\x03\x00\x02\x02\x46",
		"220 ready\r\n", "220 ftp.test FTP server ready.\r\n", "* OK ready\r\n", "+OK\r\n", "SSH-2.0-x\r\n", "login: ", "\xff\xfd\x18", "ERROR\r\n", "OK\r\n", "OK 5\r\nhello\r\n",
		"-ERR unknown command 'x'\r\n", "RFB 003.008\n", "500 Unknown command\r\n", "error\r\n", "Permission denied\r\n", "?\r\n", "J\x00\x00\x00\n8.0.36\x00\x0b\x00\x00\x00aaaaaaaa\x00",
		"\x00", "\x00\x00", "\x00\x00\x00\x00", "\x05\xff", "\x09", strings.Repeat("\x00", 4000), strings.Repeat("\xff", 4000), strings.Repeat("\x01", 100), strings.Repeat("A", 4000),
		strings.Repeat("A\r\n", 2000), strings.Repeat("0", 64) + "\r\n", "{}\r\n", `{"error":"bad request"}`, "<?xml version='1.0'?><a/>\r\n", "\x30\x00", "\x7e\x00", "\x0a",
	}
}

// What one protocol says names no other that waits to be asked.
func TestStrangersAreNotNamed(t *testing.T) {
	for _, said := range strangers() {
		for _, p := range Table() {
			if p.Ask == nil {
				continue
			}
			own := strings.HasPrefix(said, "-ERR") && p.Name == "redis" || said == "\x05\xff" && p.Name == "socks"
			only := *p
			only.Match, only.UDP = nil, nil
			if got := named(&only, func([]byte) []byte { return []byte(said) }); got != "" && !own {
				t.Errorf("%s, is named for another server's %q: its reader must look closer", got, said)
			}
		}
	}
}

// lookalikes are 2,000 answers that come near to one: text, numbers and line ends, and other servers' true answers, cut off or
// whole. of is the row that an answer is truly from; "" for nobody's.
func lookalikes() iter.Seq2[string, []byte] {
	random := rand.New(rand.NewPCG(5, 2000))
	letters := func(from string) []byte {
		b := make([]byte, random.IntN(120))
		for i := range b {
			b[i] = from[random.IntN(len(from))]
		}
		return append(b, "\r\n"...)
	}
	seen := recordings()
	return func(yield func(of string, answer []byte) bool) {
		for n := range 2000 {
			of, answer := "", []byte(nil)
			switch r := seen[random.IntN(len(seen))]; n % 4 {
			case 0:
				answer = letters(" ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:;!?-/")
			case 1:
				answer = letters("0123456789 -")
			case 2:
				of, answer = r.name, r.answer[:random.IntN(len(r.answer))]
			case 3:
				of, answer = r.name, r.answer
			}
			if !yield(of, answer) {
				return
			}
		}
	}
}

// Of 2,000 answers that come near to one nobody is named for another's, over TCP and UDP.
func TestLookalikesAreNotNamed(t *testing.T) {
	n, wrong := 0, 0
	for of, answer := range lookalikes() {
		n++
		for _, p := range Table() {
			got := named(p, func([]byte) []byte { return answer })
			if name, _, _ := strings.Cut(got, ", "); name != "" && name != of && !(of == "ipp" && name == "http") { // IPP is HTTP
				wrong++
				t.Errorf("%s, is named for %q of %q: its reader must look closer", got, answer, of)
			}
		}
	}
	t.Logf("%d of %d", wrong, n)
}

// FuzzReaders gives every reader of the table answers that a fuzzer made: nobody fails, and what is taken has an end.
func FuzzReaders(f *testing.F) {
	for _, said := range strangers() {
		f.Add([]byte(said))
	}
	for _, said := range recordings() {
		f.Add(said.answer)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, p := range Table() {
			named(p, func([]byte) []byte { return answer })
			// The same after what a protocol repeats of its question.
			for _, n := range []int{2, 4, 8, 12, 16, 20} {
				named(p, func(asked []byte) []byte { return append(slices.Clone(asked[:min(n, len(asked))]), answer...) })
			}
			if p.Refused != nil {
				p.Refused(answer)
			}
		}
	})
}
