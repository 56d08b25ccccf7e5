package main

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"whyport/probe/farend"
	"whyport/probe/lab"
	"whyport/probe/realtime"
)

// nextLine is the listener's next one; a test that waited for one in vain would leave it behind.
func nextLine(t *testing.T, events *bufio.Reader) string {
	t.Helper()
	read := make(chan string, 1)
	go func() {
		line, _ := events.ReadString('\n')
		read <- line
	}()
	select {
	case line := <-read:
		return line
	case <-time.After(10 * time.Second):
		t.Fatal("the listener says nothing more")
	}
	return ""
}

// shownCode is that of the next line which has one.
func shownCode(t *testing.T, events *bufio.Reader) string {
	t.Helper()
	for {
		var e struct{ Code string }
		if line := nextLine(t, events); json.Unmarshal([]byte(line), &e) != nil {
			t.Fatalf("no code: %q", line)
		}
		if e.Code != "" {
			return e.Code
		}
	}
}

// codeOf is that of a listener on these ports where something came to all, or to none.
func codeOf(t *testing.T, ports []uint16, came bool) string {
	t.Helper()
	token, err := farend.ParseToken(labToken)
	if err != nil {
		t.Fatal(err)
	}
	return token.Code(ports, func(uint16) bool { return came })
}

// TestCodeFromTheWire: no port works, and the listener that reads from the wire shows a code for what came to nothing: dropped by the server's
// own firewall, or answered by another program.
func TestCodeFromTheWire(t *testing.T) {
	realtime.Judge(t)
	l := lab.New(t)
	l.Listen("server", 8001, lab.Hold)
	l.Rule("server", lab.Input, "tcp dport 8000", lab.Drop)
	l.Rule("r2", lab.Forward, "tcp sport 8001", lab.Drop)
	l.Rule("r2", lab.Forward, "tcp dport 8002", lab.Drop)
	events := listenAt(t, l, true, "8000-8002")
	checkAt(t, l, 4, "-p", "8000-8002")
	how, code := map[uint16]string{}, ""
	for len(how) < 2 {
		var e struct {
			How, Code string
			Port      uint16
		}
		if line := nextLine(t, events); json.Unmarshal([]byte(line), &e) != nil || how[e.Port] != "" {
			t.Fatalf("%q after %v", line, how)
		}
		how[e.Port], code = e.How, e.Code
	}
	if how[8000] != "unanswered" || how[8001] != "half-open" {
		t.Errorf("told: %v", how)
	}
	found := checkAt(t, l, 4, "-p", "8000-8002", "--code", code)
	for name, rule := range map[string]string{"8000/tcp": "far-answer-lost", "8001/tcp": "far-answer-lost", "8002/tcp": "far-never-arrived"} {
		if p := found[name]; p.Rule != rule {
			t.Errorf("%s: rule %s, want %s: %s", name, p.Rule, rule, p.Why)
		}
	}
}

// TestListenerThatHasEnded: nothing is told of a code where the server itself refuses, or somebody else answers.
func TestListenerThatHasEnded(t *testing.T) {
	l := lab.New(t)
	l.Listen("server", 8001, lab.Banner("hello\r\n"))
	found := checkAt(t, l, 4, "-p", "8000,8001")
	for name, want := range map[string]string{"8000/tcp": "this port is refused", "8001/tcp": "is not the listener of this token"} {
		if said := found[name].said("far-unasked"); !strings.Contains(said, want) || strings.Contains(said, "--code") {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// TestCodeOfManyPorts: it is about the lowest sixteen, and says so of the others.
func TestCodeOfManyPorts(t *testing.T) {
	realtime.Judge(t)
	l := lab.New(t)
	l.Rule("r1", lab.Forward, "tcp sport 8000-8016", lab.Drop)
	var ports []uint16
	for port := uint16(8000); port <= 8016; port++ {
		ports = append(ports, port)
	}
	found := checkAt(t, l, 4, "-p", "8000-8016", "--code", codeOf(t, ports, true))
	if p := found["8016/tcp"]; !strings.Contains(p.said("far-untold"), "lowest 16 TCP ports") || p.has("far-unasked") {
		t.Errorf("%+v", p)
	}
}
