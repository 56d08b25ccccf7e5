package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"whyport/probe/lab"
	"whyport/report/reporttest"
)

const labToken = "0123-4567-89AB-CDEF"

// listenAt starts the server's end, and returns when it listens, with the lines that follow.
func listenAt(t *testing.T, l *lab.Lab, privileged bool, args ...string) (events *bufio.Reader) {
	t.Helper()
	events, _ = serverEnd(t, l, privileged, "listen", args...)
	return events
}

// serverEnd starts a command that listens at the server: its first line says that it does, and others follow.
func serverEnd(t *testing.T, l *lab.Lab, privileged bool, command string, args ...string) (events *bufio.Reader, first string) {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := l.CommandAt(ctx, "server", path, append([]string{command, "--token", labToken, "--json"}, args...)...)
	if privileged {
		cmd.Args = append(cmd.Args[:2:2], cmd.Args[6:]...) // without --setgid and --setuid
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })
	events = bufio.NewReader(out)
	if first, err = events.ReadString('\n'); err != nil || !strings.Contains(first, `"listening"`) {
		t.Fatalf("it does not listen: %q %v", first, err)
	}
	return events, first
}

type farPort struct {
	Port                uint16
	Protocol            string
	State, Reason, Rule string
	Usable              *bool
	Why                 string
	Where               *struct{ Party string }
	Notes               []struct{ Code, Sentence string }
	FarEnd              *struct {
		Answered bool
		Source   *string
		SYNs     *int `json:"syns_arrived"`
		Answers  *int `json:"answers_sent"`
	} `json:"far_end"`
}

func (p farPort) has(code string) bool {
	for _, n := range p.Notes {
		if n.Code == code {
			return true
		}
	}
	return false
}

// checkAt runs the client's end.
func checkAt(t *testing.T, l *lab.Lab, family int, args ...string) map[string]farPort {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	cmd := l.Command(t.Context(), path, append([]string{"check", l.Addr("server", family).String(), "--no-dns", "--json", "--token",
		labToken}, args...)...)
	out, err := cmd.Output()
	if exit, is := err.(*exec.ExitError); err != nil && (!is || exit.ExitCode() != 1) {
		t.Fatalf("%v: %s", err, out)
	}
	reporttest.Validate(t, out)
	var doc struct{ Targets []struct{ Ports []farPort } }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	found := map[string]farPort{}
	for _, p := range doc.Targets[0].Ports {
		found[fmt.Sprintf("%d/%s", p.Port, p.Protocol)] = p
	}
	return found
}

// placement is a rule, and what the far end must make of its port; captured is the rule that decides where packets are read from the
// wire, if another.
type placement struct {
	node     string
	hook     lab.Hook
	match    string // %d is the port
	action   lab.Action
	rule     string
	captured string
}

func placements() []placement {
	const there, back = "tcp dport %d", "tcp sport %d"
	return []placement{
		{"r1", lab.Forward, there, lab.Drop, "far-never-arrived", ""}, {"r2", lab.Forward, there, lab.Drop, "far-never-arrived", ""},
		{"r3", lab.Forward, there, lab.Drop, "far-never-arrived", ""},
		{"server", lab.Input, there, lab.Drop, "far-never-arrived", "far-unanswered"},
		{"r1", lab.Forward, back, lab.Drop, "far-answer-lost", ""}, {"r2", lab.Forward, back, lab.Drop, "far-answer-lost", ""},
		{"r3", lab.Forward, back, lab.Drop, "far-answer-lost", ""},
		{"server", lab.Output, back, lab.Drop, "far-answer-lost", "far-unanswered"},
		{"client", lab.Input, back, lab.Drop, "far-answer-lost", ""},
		{"r2", lab.Forward, there, "reject with tcp reset", "far-reset-forged", ""},
	}
}

// TestDirectionOfSilence: ten placements, in two families, with a listener that may read from the wire and one that may not.
func TestDirectionOfSilence(t *testing.T) {
	for _, privileged := range []bool{false, true} {
		t.Run(map[bool]string{false: "socket", true: "wire"}[privileged], func(t *testing.T) {
			l := lab.New(t)
			ports := []string{"8000"}
			for i, p := range placements() {
				port := 8001 + i
				l.Rule(p.node, p.hook, fmt.Sprintf(p.match, port), p.action)
				ports = append(ports, fmt.Sprint(port))
			}
			listenAt(t, l, privileged, strings.Join(ports, ","))
			for _, family := range []int{4, 6} {
				found := checkAt(t, l, family, "-p", strings.Join(ports, ","))
				if p := found["8000/tcp"]; p.Rule != "far-end-answers" || p.FarEnd == nil || !p.FarEnd.Answered {
					t.Errorf("IPv%d: the open port: %+v", family, p)
				}
				for i, want := range placements() {
					p := found[fmt.Sprintf("%d/tcp", 8001+i)]
					rule := want.rule
					if privileged && want.captured != "" {
						rule = want.captured
					}
					if p.Rule != rule {
						t.Errorf("IPv%d: %s %s %s: rule %s, want %s: %s %+v", family, want.node, want.hook, want.match, p.Rule, rule, p.Why,
							p.FarEnd)
					}
				}
			}
		})
	}
}

// TestFarEndBehindNAT: the client's router hides it, and another one hides that.
func TestFarEndBehindNAT(t *testing.T) {
	l := lab.New(t)
	l.NAT("r1", "r2")
	l.NAT("r2", "r3")
	l.Rule("r2", lab.Forward, "tcp sport 8002", lab.Drop)
	l.Rule("r3", lab.Forward, "udp dport 5061", lab.Drop)
	listenAt(t, l, false, "8000,8001,8002,8003,5060/udp,5061/udp")
	l.Rule("r3", lab.Forward, "tcp dport 8003", lab.Drop)
	found := checkAt(t, l, 4, "-p", "8000,8001,8002,8003,5060/udp,5061/udp")
	seen := l.AddrTowards("r2", "r3", 4).String()
	if p := found["8000/tcp"]; p.FarEnd == nil || p.FarEnd.Source == nil || !strings.HasPrefix(*p.FarEnd.Source, seen+":") ||
		!p.has("far-nat") {
		t.Errorf("the server sees %s: %+v", seen, p)
	}
	for name, rule := range map[string]string{"8002/tcp": "far-answer-lost", "8003/tcp": "far-never-arrived", "5060/udp": "far-udp-answers",
		"5061/udp": "far-never-arrived"} {
		if p := found[name]; p.Rule != rule {
			t.Errorf("%s: rule %s, want %s: %+v", name, p.Rule, rule, p)
		}
	}
}

// TestBytesChangedOnTheWay: a device takes connections to one port and rewrites addresses in what is said.
func TestBytesChangedOnTheWay(t *testing.T) {
	l := lab.New(t)
	listenAt(t, l, false, "8000,8001")
	server := l.Addr("server", 4)
	old := strings.ReplaceAll(l.Addr("client", 4).String(), ".", ",")
	l.Redirect("r2", "tcp dport 8001", 9999)
	l.Listen("r2", 9999, func(c net.Conn) {
		defer c.Close()
		up := l.Dial("r2", netip.AddrPortFrom(server, 8001))
		defer up.Close()
		go func() { io.Copy(c, up); c.Close() }()
		buf := make([]byte, 8192)
		for {
			n, err := c.Read(buf)
			io.WriteString(up, strings.ReplaceAll(string(buf[:n]), old, "198,51,100,9"))
			if err != nil {
				return
			}
		}
	})
	found := checkAt(t, l, 4, "-p", "8000,8001")
	if p := found["8001/tcp"]; !p.has("far-changed") || !p.has("far-nat") {
		t.Errorf("rewritten: %+v", p)
	}
	if p := found["8000/tcp"]; p.has("far-changed") || p.has("far-nat") {
		t.Errorf("left alone: %+v", p)
	}
}

// TestPortThatTheListenerHasNot: the listener was asked, and can't tell of a port that its command does not name.
func TestPortThatTheListenerHasNot(t *testing.T) {
	l := lab.New(t)
	listenAt(t, l, false, "8000")
	if p := checkAt(t, l, 4, "-p", "8000,8009")["8009/tcp"]; p.State != "closed" || !p.has("far-untold") || p.has("far-unasked") {
		t.Errorf("%+v", p)
	}
}

// TestCodeWhereNoPortWorks: nothing gets through, and a person carries six letters.
func TestCodeWhereNoPortWorks(t *testing.T) {
	l := lab.New(t)
	l.Rule("r1", lab.Forward, "tcp sport { 8000, 8001 }", lab.Drop)
	l.Rule("r1", lab.Forward, "tcp dport 8002", lab.Drop)
	events := listenAt(t, l, false, "8000,8001,8002")
	const list = "8000,8001,8002"
	if p := checkAt(t, l, 4, "-p", list)["8000/tcp"]; p.FarEnd != nil || !p.has("far-unasked") || p.Rule != "silent" {
		t.Errorf("without the code: %+v", p)
	}
	code := ""
	for range 2 { // of two ports; the later one knows both
		line, err := events.ReadString('\n')
		var e struct{ How, Code string }
		if err != nil || json.Unmarshal([]byte(line), &e) != nil || e.How != "half-open" || e.Code == "" {
			t.Fatalf("%q %v", line, err)
		}
		code = e.Code
	}
	found := checkAt(t, l, 4, "-p", list, "--code", code)
	for name, rule := range map[string]string{"8000/tcp": "far-answer-lost", "8001/tcp": "far-answer-lost", "8002/tcp": "far-never-arrived"} {
		if p := found[name]; p.Rule != rule {
			t.Errorf("%s: rule %s, want %s: %+v", name, p.Rule, rule, p)
		}
	}
}

// TestTLSOpenedOnTheWay: a device ends TLS with a certificate of its own, and makes its own to the server.
func TestTLSOpenedOnTheWay(t *testing.T) {
	l := lab.New(t)
	listenAt(t, l, false, "8000,8001")
	l.Redirect("r2", "tcp dport 8001", 9999)
	own := lab.NewCA(t, "Inspection", "").Config(lab.Leaf{Names: []string{"a.example"}})
	l.Listen("r2", 9999, lab.TLS(own, func(c net.Conn) {
		defer c.Close()
		up := tls.Client(l.Dial("r2", netip.AddrPortFrom(l.Addr("server", 4), 8001)), &tls.Config{InsecureSkipVerify: true})
		defer up.Close()
		go func() { io.Copy(c, up); c.Close() }()
		io.Copy(up, c)
	}))
	found := checkAt(t, l, 4, "-p", "8000,8001")
	if p := found["8001/tcp"]; !p.has("far-tls-opened") || p.Rule == "far-end-answers" {
		t.Errorf("opened: %+v", p)
	}
	if p := found["8000/tcp"]; p.has("far-tls-opened") || p.Rule != "far-end-answers" {
		t.Errorf("left alone: %+v", p)
	}
}
