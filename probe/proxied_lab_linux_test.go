package probe

import (
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lab"
	"whyport/probe/proxy/proxytest"
)

// office is a network whose gateway lets packets to the proxy pass and drops those to the server; the proxy stands on r2
// and alone knows the server's names.
func office(t *testing.T, lines string) (l *lab.Lab, ca *lab.CA) {
	t.Helper()
	proxytest.Needs(t, "squid", "squid-openssl")
	l, ca = lab.New(t), lab.NewCA(t, "Public Root", "Public")
	l.Listen("server", 443, lab.TLS(ca.Config(lab.Leaf{Names: []string{"www.example.org"}}), greeting))
	l.Listen("server", 22, greeting)
	l.Listen("server", 5986, greeting)
	proxytest.Squid(t, func(name string, args ...string) *exec.Cmd { return l.CommandAt(t.Context(), "r2", name, args...) },
		l.Addr("server", 4).String()+" www.example.org", "dns_nameservers 127.0.0.1\nhttp_port 3128\nacl forbidden port 5986\nhttp_access deny forbidden\nhttp_access allow all\n"+lines)
	l.Rule("r1", lab.Forward, "ip saddr "+l.Addr("client", 4).String()+" ip daddr "+l.Addr("server", 4).String(), lab.Drop)
	return l, ca
}

// saidThrough is what the proxy's way came to.
func saidThrough(r *Through) string {
	if r == nil {
		return "nothing"
	}
	return said(r.Verdict, nil)
}

// TestOfficeWithProxy: the direct way ends at the gateway; through the proxy some ports work, one is denied, one is closed.
func TestOfficeWithProxy(t *testing.T) {
	t.Parallel()
	l, ca := office(t, "")
	target := targetOf(l.Addr("server", 4), "443", "22", "5986", "81")
	target.ServerName = "www.example.org"
	run := execute(t, l, order{Targets: []Target{target}, Roots: ca.PEM(), Options: settings{Proxy: "http://" + net.JoinHostPort(l.Addr("r2", 4).String(), "3128")}})
	want := map[uint16]string{
		443: "open/syn-ack certain", 22: "open/syn-ack certain",
		5986: "blocked/proxy-denied certain, proxy " + l.Addr("r2", 4).String() + " likely",
		81:   "closed/proxy-error likely, unknown possible; may-be-imitated",
	}
	for _, r := range run.Targets[0].Results {
		if got := saidThrough(r.Through); got != want[r.Port.Port] {
			t.Errorf("port %d through the proxy: %s, want %s", r.Port.Port, got, want[r.Port.Port])
		}
		if r.Verdict.State != "filtered" || r.Verdict.Usable || r.Port.Proxied != nil {
			t.Errorf("port %d direct: %+v", r.Port.Port, r.Verdict)
		}
		if p := r.Through; p != nil && p.Port.Port == 443 && !p.Port.Speech.TLS.Completed() {
			t.Errorf("TLS through the proxy: %+v", p.Port.Speech)
		}
	}
	if run.Met {
		t.Error("the requirement is met, although no port can be used without the proxy")
	}
}

// TestOnlyThroughProxy: nothing is sent to the server, and a name that the proxy alone resolves works.
func TestOnlyThroughProxy(t *testing.T) {
	t.Parallel()
	l, ca := office(t, "")
	target := targetOf(netip.Addr{}, "443", "22", "5986", "53/udp")
	target.Input, target.Host, target.ServerName = "www.example.org", "www.example.org", "www.example.org"
	wire := l.Capture("client", lab.From("client"), lab.To(l.Addr("server", 4)))
	run := execute(t, l, order{Targets: []Target{target}, Roots: ca.PEM(), Options: settings{
		Proxy: "http://" + net.JoinHostPort(l.Addr("r2", 4).String(), "3128"), ProxyOnly: true,
	}})
	want := []string{"open/syn-ack certain", "open/syn-ack certain", "blocked/proxy-denied certain, proxy " + l.Addr("r2", 4).String() + " likely", "unknown/not-tested certain"}
	for i, r := range run.Targets[0].Results {
		if got := said(r.Verdict, nil); got != want[i] || r.Through != nil {
			t.Errorf("port %d: %s, want %s", r.Port.Port, got, want[i])
		}
	}
	if !run.Met || !run.Targets[0].Resolution.ByProxy || len(run.Targets[0].Results) != 4 {
		t.Errorf("met %v, %+v", run.Met, run.Targets[0].Resolution)
	}
	if n := wire.Count(); n > 0 {
		t.Errorf("%d packets went to the server directly", n)
	}
}

// TestProxyItself: what is wrong with the proxy's own port is said of the proxy, once for all ports.
func TestProxyItself(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	l.Rule("r1", lab.Forward, "tcp dport 3129", lab.RejectAnyAdmin)
	l.Rule("r1", lab.Forward, "tcp dport 3130", lab.Drop)
	for port, want := range map[string]string{
		"3128": "unreachable/proxy-unreachable likely, proxy 2 " + l.Addr("r2", 4).String() + " likely",
		"3129": "unreachable/proxy-unreachable likely, local-network 1 " + l.Addr("r1", 4).String() + " likely",
		// One hop before its end the judge can't tell the last router from the host behind it.
		"3130": "unreachable/proxy-unreachable likely, proxy 1+ " + l.Addr("r1", 4).String() + " possible",
	} {
		begun := time.Now()
		run := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), portRange(1, 60)...)}, Options: settings{
			Proxy: fmt.Sprintf("socks5h://%s:%s", l.Addr("r2", 4), port), ProxyOnly: true,
		}})
		for _, r := range run.Targets[0].Results {
			if got := said(r.Verdict, nil); got != want || r.Port.Proxied.Outcome != evidence.ProxyUnreached {
				t.Fatalf("proxy's port %s, port %d: %s, want %s", port, r.Port.Port, got, want)
			}
		}
		if took := time.Since(begun); took > 9*time.Second {
			t.Errorf("proxy's port %s: took %v", port, took)
		}
	}
}

// TestNoProxyNeeded: where the direct way works the proxy is not asked at all.
func TestNoProxyNeeded(t *testing.T) {
	t.Parallel()
	l := lab.New(t)
	l.Listen("server", 22, greeting)
	wire := l.Capture("client", lab.From("client"), lab.To(l.Addr("r2", 4)))
	run := execute(t, l, order{Targets: []Target{targetOf(l.Addr("server", 4), "22")}, Options: settings{Proxy: fmt.Sprintf("http://%s:3128", l.Addr("r2", 4))}})
	if r := run.Targets[0].Results[0]; r.Through != nil || !r.Verdict.Usable || wire.Count() > 0 {
		t.Errorf("%+v, %d packets to the proxy", r, wire.Count())
	}
	if strings.Contains(fmt.Sprint(run.Targets[0].Results), "3128") {
		t.Error("the proxy is in the evidence")
	}
}
