package probe

import (
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"whyport/probe/lab"
)

// synCounters count the SYNs that pass a hook, by port.
const synCounters = `table inet promises {
	set syns { type inet_service; flags dynamic; counter; size 65535; }
	chain c { type filter hook HOOK priority -300; tcp flags & (syn | ack) == syn add @syns { tcp dport }; }
}
`

// TestPromises counts, with the kernel's own counters, what README says that a run sends: nobody who reads their firewall's log finds
// more. The server's view is its own: SYNs that end on the way are not in it.
func TestPromises(t *testing.T) {
	l := lab.New(t)
	for node, hook := range map[string]string{"client": "output", "server": "input"} {
		l.NFT(node, regexp.MustCompile("HOOK").ReplaceAllString(synCounters, hook))
	}
	l.Listen("server", 80, lab.HTTP(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<title>page</title>") }))
	l.Listen("server", 22, greeting)
	l.Rule("server", lab.Input, "tcp dport 443", lab.Drop)
	// SYNs to a service that speaks are sent to it once; those beside end at the first router, or before the server.
	for _, c := range []struct {
		name         string
		ports        []string
		sent, served map[uint16]int // at most; others may get nothing
		controls     int            // SYNs to improbable ports
	}{
		{"an open HTTP port", []string{"80"}, map[uint16]int{80: 2}, map[uint16]int{80: 1}, 0},
		{"SSH beside a silent port", []string{"22", "443"}, map[uint16]int{22: 3, 443: 30}, map[uint16]int{22: 1, 443: 12}, 24},
		{"a closed port", []string{"81"}, map[uint16]int{81: 25}, map[uint16]int{81: 20}, 2},
	} {
		for _, node := range []string{"client", "server"} {
			l.NFT(node, "flush set inet promises syns\n")
		}
		run := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), c.ports...)}})
		sent, served := countedSYNs(t, l, "client"), countedSYNs(t, l, "server")
		t.Logf("%s: sent %v, served %v, %v", c.name, sent, served, run.Elapsed)
		for r := range run.Targets[0].All() {
			if n := served[r.Port.Port]; r.Port.Open() && n != r.Port.Connections || !r.Port.Open() && r.Port.Connections != 0 {
				t.Errorf("%s: port %d: %d connections are told, its server had %d", c.name, r.Port.Port, r.Port.Connections, n)
			}
		}
		improbable := map[uint16]int{}
		for _, view := range []struct {
			got, most map[uint16]int
		}{{sent, c.sent}, {served, c.served}} {
			for port, n := range view.got {
				switch most, asked := view.most[port]; {
				case asked && (n > most || n == 0):
					t.Errorf("%s: %d SYNs to port %d, want 1 to %d", c.name, n, port, most)
				case !asked:
					improbable[port] = max(improbable[port], n)
				}
			}
		}
		all := 0
		for port, n := range improbable {
			if all += n; port < 61000 {
				t.Errorf("%s: %d SYNs to port %d, which nobody named", c.name, n, port)
			}
		}
		if len(improbable) > controlCount || all > c.controls {
			t.Errorf("%s: improbable ports %v, want at most %d SYNs to %d ports", c.name, improbable, c.controls, controlCount)
		}
	}
}

// countedSYNs reads a node's counters.
func countedSYNs(t *testing.T, l *lab.Lab, node string) map[uint16]int {
	t.Helper()
	var out []byte
	err := l.In(node, func() (err error) {
		out, err = exec.Command("nft", "list", "set", "inet", "promises", "syns").CombinedOutput()
		return err
	})
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	all := map[uint16]int{}
	for _, m := range regexp.MustCompile(`(\d+) counter packets (\d+)`).FindAllStringSubmatch(string(out), -1) {
		port, _ := strconv.ParseUint(m[1], 10, 16)
		all[uint16(port)], _ = strconv.Atoi(m[2])
	}
	return all
}
