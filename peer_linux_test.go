package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"whyport/probe/lab"
	"whyport/report/reporttest"
)

// peerPort is what a report with a peer says of a port.
type peerPort struct {
	farPort
	FarEnd *struct {
		Server *struct {
			Waiting []struct {
				Whyport  bool
				Program  *string
				Scope    string
				Notes    []string
				Firewall *struct{ Answer string }
			}
		}
	} `json:"far_end"`
}

// told is what the server has on the port, in short; "": it was not told.
func (p peerPort) told() string {
	if p.FarEnd == nil || p.FarEnd.Server == nil {
		return ""
	}
	if len(p.FarEnd.Server.Waiting) == 0 {
		return "nothing"
	}
	w := p.FarEnd.Server.Waiting[0]
	text := w.Scope
	if w.Whyport {
		text = "whyport"
	}
	if w.Firewall != nil {
		text += " " + w.Firewall.Answer
	}
	return strings.Join(append([]string{text}, w.Notes...), " ")
}

func peerPorts(t *testing.T, out []byte) map[uint16]peerPort {
	t.Helper()
	reporttest.Validate(t, out)
	var doc struct{ Targets []struct{ Ports []peerPort } }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found := map[uint16]peerPort{}
	for _, p := range doc.Targets[0].Ports {
		found[p.Port] = p
	}
	return found
}

// peerAt starts the server's end, and returns the port that it is asked on.
func peerAt(t *testing.T, l *lab.Lab, privileged bool, ports string) string {
	t.Helper()
	_, first := serverEnd(t, l, privileged, "peer", ports)
	var said struct{ Meet uint16 }
	if err := json.Unmarshal([]byte(first), &said); err != nil || said.Meet == 0 {
		t.Fatalf("no port to be asked on: %q %v", first, err)
	}
	return fmt.Sprint(said.Meet)
}

func checkPeer(t *testing.T, l *lab.Lab, ports string, args ...string) map[uint16]peerPort {
	t.Helper()
	path, err := exec.LookPath("whyport")
	if err != nil {
		t.Fatal(err)
	}
	cmd := l.Command(t.Context(), path, append([]string{"check", l.Addr("server", 4).String(), "--no-dns", "--json", "-p", ports}, args...)...)
	out, err := cmd.Output()
	if exit, is := err.(*exec.ExitError); err != nil && (!is || exit.ExitCode() != 1) {
		t.Fatalf("%v: %s", err, out)
	}
	return peerPorts(t, out)
}

// TestPeer: beside what the client sees stands what the server has: programs that can be reached, that wait on loopback alone or take
// no connections, ports that its own firewall closes, and ports on which nothing waits.
func TestPeer(t *testing.T) {
	l := lab.New(t)
	greet := lab.Banner("220 mail.example ESMTP\r\n")
	l.Listen("server", 8000, greet)
	if err := l.In("server", func() error {
		loopback, err := net.Listen("tcp", "127.0.0.1:8001")
		if err == nil {
			t.Cleanup(func() { loopback.Close() })
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	l.Rule("r2", lab.Forward, "tcp dport 8002", lab.Drop)
	l.Listen("server", 8003, greet)
	l.Rule("server", lab.Input, "tcp dport 8003", lab.Drop)
	l.FullBacklog("server", 8004)
	const ports = "8000,8001,8002,8003,8004,8005"
	meet := peerAt(t, l, true, ports)
	found := checkPeer(t, l, ports, "--token", labToken, "--meet", meet)
	for port, want := range map[uint16]struct{ rule, told string }{
		8000: {"spoke", "all-addresses let-in"}, 8001: {"far-not-bound", "this-computer"}, 8002: {"far-never-arrived", "whyport let-in"},
		8003: {"far-keeps-out", "all-addresses kept-out"}, 8004: {"far-queue-full", "all-addresses let-in queue-full"},
		8005: {"far-way-free", "whyport let-in"},
	} {
		if p := found[port]; p.Rule != want.rule || p.told() != want.told {
			t.Errorf("%d: rule %s, the server has %q; want %s, %q: %s %+v", port, p.Rule, p.told(), want.rule, want.told, p.Why, p.Notes)
		}
	}
	for port, p := range checkPeer(t, l, ports, "--token", "0123-4567-89AB-CDEG", "--meet", meet) {
		if p.told() != "" || p.has("far-has") {
			t.Errorf("%d: a foreign token is told %s", port, p.told())
		}
	}
}

// TestPeerAsksOnAPortOfItsOwn: where programs have all ports, one more is there to be asked on; ports that the server's command does
// not name are not told of. An ordinary user at the server may not read its firewall's rules.
func TestPeerAsksOnAPortOfItsOwn(t *testing.T) {
	l := lab.New(t)
	l.Listen("server", 8000, lab.Banner("220 mail.example ESMTP\r\n"))
	l.Listen("server", 8001, lab.Banner("220 mail.example ESMTP\r\n"))
	meet := peerAt(t, l, false, "8000")
	found := checkPeer(t, l, "8000,8001", "--token", labToken, "--meet", meet)
	if p := found[8000]; !strings.HasPrefix(p.told(), "all-addresses") || p.State != "open" {
		t.Errorf("%q %+v", p.told(), p)
	}
	if p := found[8001]; p.told() != "" || p.has("far-has") {
		t.Errorf("a port that was not named: %s", p.told())
	}
	if p := checkPeer(t, l, "8000", "--token", labToken)[8000]; p.told() != "" {
		t.Errorf("told without the port to ask on: %s", p.told())
	}
}

// TestPeerOverSSH: one command at the client runs the server's end, and ends it.
func TestPeerOverSSH(t *testing.T) {
	p := sshPlaces(t)
	p.install(t, "")
	out, err := exec.Command("whyport", "127.0.0.1", "-p", p.port+",1", "--peer", "ssh:oslo", "--json").Output()
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for port, k := range peerPorts(t, out) {
		want := "this-computer"
		if port == 1 && os.Getuid() == 0 {
			want = "whyport" // which takes the port for the test
		} else if port == 1 {
			want = "nothing"
		}
		if !strings.HasPrefix(k.told(), want) || k.Usable == nil || *k.Usable != (port != 1) {
			t.Errorf("%d: %q, want %q: %+v", port, k.told(), want, k)
		}
	}
	for try := 0; ; try++ {
		left, _ := exec.Command("pgrep", "-f", p.home+".*whyport.*peer").Output()
		if len(bytes.TrimSpace(left)) == 0 {
			break
		}
		if try > 50 {
			t.Fatalf("the server's end still runs: %s", left)
		}
		time.Sleep(100 * time.Millisecond)
	}
	for host, words := range map[string]string{"closed": "Connection refused", "denied": "Permission denied"} {
		cmd := exec.Command("whyport", "127.0.0.1", "-p", p.port, "--peer", "ssh:"+host)
		var said bytes.Buffer
		cmd.Stderr = &said
		cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(said.String(), words) || !strings.Contains(said.String(), "Next: log in by hand") {
			t.Errorf("%s: %d %s", host, code, said.String())
		}
	}
	p.install(t, "echo 'whyport: there is no command peer' >&2; exit 2\n")
	cmd := exec.Command("whyport", "127.0.0.1", "-p", p.port, "--peer", "ssh:oslo")
	if said, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 3 || !strings.Contains(string(said), "knows no peer command") {
		t.Errorf("an older version there: %d %s", cmd.ProcessState.ExitCode(), said)
	}
}
