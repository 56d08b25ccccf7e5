package hold

import (
	"crypto/x509"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/verdict"
)

// held is what a simulated network does to connections to its ports that are idle for up to the whole time.
func held(t *testing.T, scenario string, whole time.Duration, prepare func(*simnet.Network)) map[uint16]*evidence.Hold {
	t.Helper()
	s, err := simnet.Parse(scenario)
	if err != nil {
		t.Fatal(err)
	}
	if prepare != nil {
		prepare(s.Net)
	}
	out := map[uint16]*evidence.Hold{}
	synctest.Test(t, func(t *testing.T) {
		target := probe.Target{Host: "203.0.113.7", Addr: netip.MustParseAddr("203.0.113.7")}
		for _, p := range s.Ports {
			n, _ := strconv.Atoi(p)
			target.Candidates = append(target.Candidates, probe.Candidate{Port: uint16(n), Protocol: evidence.TCP})
		}
		results := 0
		run := After(whole)(t.Context(), probe.Plan{Targets: []probe.Target{target}, Options: probe.Options{
			Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}, probe.Hooks{Result: func(r probe.Result) {
			results++
			if (r.Port.Hold != nil) != r.Verdict.Usable {
				t.Errorf("port %d: usable %v, held %v", r.Port.Port, r.Verdict.Usable, r.Port.Hold)
			}
		}})
		time.Sleep(time.Second)
		for i := range run.Targets[0].Results {
			out[run.Targets[0].Results[i].Port.Port] = run.Targets[0].Results[i].Port.Hold
		}
		if results != len(s.Ports) {
			t.Errorf("%d results were handed over", results)
		}
	})
	return out
}

const speakers = "server listen 80 http 200\nserver listen 22 greet SSH-2.0-lab\nserver listen 4000 hold\n"

// TestHeld: what becomes of idle connections, by a word that is answered (80, 22) and by TCP's own (4000).
func TestHeld(t *testing.T) {
	const whole = 400 * time.Second
	for name, c := range map[string]struct {
		rules          string
		want           verdict.Holding
		survived, lost time.Duration
	}{
		"kept":      {"", verdict.HoldKept, whole, 0},
		"long":      {"r2 forgets after 500s", verdict.HoldKept, whole, 0},
		"forgotten": {"r2 forgets after 150s", verdict.HoldForgotten, 100 * time.Second, 200 * time.Second},
		"at once":   {"r2 forgets after 20s", verdict.HoldForgotten, 0, 50 * time.Second},
		"nearest":   {"r1 forgets after 250s\nr2 forgets after 5m", verdict.HoldForgotten, 200 * time.Second, 300 * time.Second},
		"said":      {"r2 forgets after 150s reset", verdict.HoldReset, 100 * time.Second, 200 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			for port, h := range held(t, speakers+c.rules+"\ntest 80 4000 81\n", whole, nil) {
				if port == 81 {
					if h != nil {
						t.Errorf("a closed port was held: %v", h)
					}
					continue
				}
				near := func(got, want time.Duration) bool { return want-time.Second < got && got < want+time.Second }
				got := verdict.JudgeHold(h)
				if got.Holding != c.want || !near(got.Survived, c.survived) || !near(got.Lost, c.lost) || got.Unasked {
					t.Errorf("port %d: %+v, %+v", port, got, h)
				}
				if word := map[uint16]string{80: "http", 4000: evidence.WordKeepalive}[port]; h.Word != word {
					t.Errorf("port %d was asked by %q", port, h.Word)
				}
			}
		})
	}
}

// TestServerEndsIdleConnections: it closes or resets what says nothing for a minute.
func TestServerEndsIdleConnections(t *testing.T) {
	for name, want := range map[string]verdict.Holding{"closes": verdict.HoldClosed, "resets": verdict.HoldReset} {
		t.Run(name, func(t *testing.T) {
			h := held(t, "test 4000\n", 400*time.Second, func(n *simnet.Network) {
				n.Listen(4000, func(c net.Conn) {
					if want == verdict.HoldReset {
						c.(interface{ SetLinger(int) error }).SetLinger(0)
					}
					for err := error(nil); err == nil; { // whatever is said to it
						c.SetReadDeadline(time.Now().Add(time.Minute))
						_, err = c.Read(make([]byte, 1024))
					}
				})
			})[4000]
			got := verdict.JudgeHold(h)
			if got.Holding != want || !got.Unasked || got.Lost.Round(time.Second) != time.Minute || got.Survived.Round(time.Second) != 50*time.Second {
				t.Errorf("%+v, %+v", got, h)
			}
		})
	}
}

// TestNothingElseWorksEither: where a fresh connection meets the same, the silence is not to blame.
func TestNothingElseWorksEither(t *testing.T) {
	h := &evidence.Hold{Word: "http", Fresh: evidence.EndSilent, Idles: []evidence.Idle{{For: time.Minute, End: evidence.EndSilent}}}
	if got := verdict.JudgeHold(h); got.Holding != verdict.HoldUnclear {
		t.Error(got)
	}
	h = &evidence.Hold{Fresh: evidence.EndAnswered, Idles: []evidence.Idle{
		{For: time.Minute, End: evidence.EndSilent}, {For: time.Hour, End: evidence.EndAnswered},
	}}
	if got := verdict.JudgeHold(h); got.Holding != verdict.HoldUnclear {
		t.Error(got)
	}
}

// TestWords: nothing is said to what was not recognised, to what speaks behind an upgrade, and with --careful.
func TestWords(t *testing.T) {
	done, upgraded := &evidence.TLS{State: evidence.TLSOK}, &evidence.TLS{State: evidence.TLSOK, StartTLS: "smtp"}
	for _, c := range []struct {
		s       *evidence.Speech
		careful bool
		name    string
		begins  string
		tls     bool
	}{
		{nil, false, evidence.WordKeepalive, "", false},
		{&evidence.Speech{}, false, evidence.WordKeepalive, "", false},
		{&evidence.Speech{Identified: "ipp"}, false, evidence.WordKeepalive, "", false},
		{&evidence.Speech{Identified: "ssh"}, false, "ssh", "SSH-2.0-", false},
		{&evidence.Speech{Identified: "ssh"}, true, evidence.WordKeepalive, "", false},
		{&evidence.Speech{Identified: "smtp", TLS: upgraded}, false, "smtp", "NOOP\r\n", false},
		{&evidence.Speech{Identified: "https", TLS: done}, false, "http", "HEAD / HTTP/1.1\r\nHost: a.example\r\n", true},
		{&evidence.Speech{Identified: "imap", TLS: done}, false, "imap", "a NOOP", true},
		{&evidence.Speech{Identified: "tls", TLS: done}, false, evidence.WordKeepalive, "", true},
	} {
		w := wordOf(c.s, "a.example", "a.example", c.careful)
		if w.name != c.name || !strings.HasPrefix(w.say, c.begins) || (w.say == "") != (c.begins == "") || w.tls != c.tls {
			t.Errorf("%+v: %+v", c.s, w)
		}
	}
}
