package protocol

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

//go:embed testdata/answers.txt
var recorded string

// recording is a question of ours as it was once asked, and a real server's answer.
type recording struct {
	name, transport string
	port            uint16
	asked, answer   []byte
}

func recordings() (out []recording) {
	for line := range strings.Lines(recorded) {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] == "#" {
			continue
		}
		port, _ := strconv.Atoi(f[2])
		asked, _ := hex.DecodeString(f[3])
		answer, _ := hex.DecodeString(f[4])
		out = append(out, recording{f[0], f[1], uint16(port), asked, answer})
	}
	return out
}

// fresh are the places of a question that differ each time, found by asking often.
func (r recording) fresh(ask func() []byte) (places [][2]int) {
	differs := make([]bool, len(r.asked)+1)
	for range 40 {
		for i, b := range ask() {
			differs[i] = differs[i] || b != r.asked[i]
		}
	}
	begin := -1
	for i, d := range differs {
		switch {
		case d && begin < 0:
			begin = i
		case !d && begin >= 0:
			places = append(places, [2]int{begin, i})
			begin = -1
		}
	}
	return places
}

// to is the answer to another question of the same kind: what it repeats is exchanged.
func (r recording) to(asked []byte, places [][2]int) []byte {
	answer := slices.Clone(r.answer)
	for _, p := range places {
		if p[1] <= len(asked) {
			answer = bytes.ReplaceAll(answer, r.asked[p[0]:p[1]], asked[p[0]:p[1]])
		}
	}
	return answer
}

// The answers of real servers are read for what they are; the same to a question that was not asked is nobody's, where the
// question has something that the answer repeats.
func TestRealAnswers(t *testing.T) {
	products := map[string]string{
		"vnc": "RFB 003.008, no password", "memcached": "memcached 1.6.18", "sip": "kamailio (5.6.3 (x86_64/linux))", "amqp": "RabbitMQ 3.10.8", "mumble": "Mumble 1.3.4",
		"ntp": "NTPv4", "stun": "Coturn-4.6.1 'Gorst'", "snmp": "SNMPv3, enterprise 8072", "netbios-ns": `TESTGRP\FILESRV`, "smb": "SMB 3.1.1", "socks": "SOCKS 5", "epmd": "rabbit",
		"beanstalkd": "beanstalkd 1.12", "x11": "The X.Org Foundation", "ipp": "CUPS/2.4 IPP/2.1", "pptp": "linux", "firebird": "Firebird 3 or later", "kpasswd": "", "kerberos": "",
	}
	read := 0
	for _, r := range recordings() {
		p := Named(r.name)
		if p == nil {
			t.Errorf("there is no row %s", r.name)
			continue
		}
		ask := func() []byte { return (&Question{port: r.port, row: p}).Payload(0) }
		if r.transport == "tcp" {
			ask = func() []byte {
				w := &wire{answer: func([]byte) []byte { return r.answer }}
				p.Ask(r.dialogue(w))
				return w.asked
			}
		}
		places := r.fresh(ask)
		var a Answer
		if r.transport == "udp" {
			asked := ask()
			a, a.Spoken = p.UDP.Read(r.to(asked, places), asked)
			if _, ok := p.UDP.Read(r.answer, ask()); ok && len(places) > 0 && !slices.Contains([]string{"kerberos", "dtls"}, r.name) {
				t.Errorf("%s: an answer to another question was taken", r.name)
			}
		} else {
			a = p.Ask(r.dialogue(&wire{answer: func(asked []byte) []byte { return r.to(asked, places) }}))
		}
		if want, known := products[r.name]; !a.Spoken || known && a.Product != want || a.Refused {
			t.Errorf("%s over %s: %+v", r.name, r.transport, a)
		}
		read++
	}
	if read < 35 {
		t.Errorf("only %d recordings", read)
	}
}

func (r recording) dialogue(w *wire) *Dialogue {
	d := NewDialogue(w)
	d.Port, d.Greeting = r.port, []byte("RFB 003.008\n")
	return d
}

// TestEveryQuestionHasAnAnswer: each row that asks is named by a test of this folder, or has a recorded answer.
func TestEveryQuestionHasAnAnswer(t *testing.T) {
	tests := recorded
	files, _ := filepath.Glob("*_test.go")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests += string(text)
	}
	silent := []string{"sys" + "log", "dis" + "card"} // they answer nothing
	for _, p := range Table() {
		has := strings.Contains(tests, `"`+p.Name+`"`) || strings.Contains(tests, "\n"+p.Name+" ")
		if (p.Ask != nil || p.UDP != nil) && !has && !slices.Contains(silent, p.Name) {
			t.Errorf("no answer to %s is read: record a real server's (questions_real_test.go, -record), or put one from its document into questions_test.go",
				p.Name)
		}
	}
}
