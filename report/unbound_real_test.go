package report_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe"
	"whyport/probe/evidence"
	dns "whyport/probe/lookup"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

// unboundConf has a zone for each way of not answering. Nothing is asked of other computers: what is not answered by itself is
// asked of a server on loopback.
const unboundConf = `server:
 interface: 127.0.0.1
%[4]s port: %[1]d
 do-daemonize: no
 use-syslog: no
 username: ""
 chroot: ""
 pidfile: ""
 directory: "%[2]s"
 ede: yes
 do-not-query-localhost: no
 module-config: "respip validator iterator"
 local-zone: "." static
 local-zone: "example.net." transparent
 local-zone: "refused.test." always_refuse
 local-zone: "gone.test." always_nxdomain
 local-zone: "nodata.test." always_nodata
 local-zone: "null.test." always_null
 local-zone: "denied.test." inform_deny
 local-zone: "static.test." static
 local-data: "host.static.test. A 192.0.2.7"
 local-data: "mail.static.test. MX 10 host.static.test."
 local-zone: "any.example.net." redirect
 local-data: "any.example.net. A 10.0.0.1"
 local-zone: "corp.example.net." static
 local-data: "intra.corp.example.net. A 192.168.1.7"
 local-data: "here.corp.example.net. A 127.0.0.1"
 local-data: "lost.corp.example.net. A 169.254.7.7"
 trust-anchor: "bogus.example.net. DS 12345 13 2 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
rpz:
 name: rpz.local
 zonefile: "%[2]s/rpz"
stub-zone:
 name: "down.example.net"
 stub-addr: 127.0.0.1@%[3]d
stub-zone:
 name: "bogus.example.net"
 stub-addr: 127.0.0.1@%[3]d
remote-control:
 control-enable: no
`

const policyZone = `$ORIGIN rpz.local.
$TTL 60
@ SOA localhost. root.localhost. 1 60 60 60 60
 NS localhost.
malware.example.net CNAME .
empty.example.net CNAME *.
sink.example.net A 0.0.0.0
`

// unsigned answers everything with the same address, and signs nothing; it fails for what is down.
func unsigned(t *testing.T) netip.AddrPort {
	c := must[net.PacketConn](t)(net.ListenPacket("udp", "127.0.0.1:0"))
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		for b := make([]byte, 4096); ; {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			var p dnsmessage.Parser
			h, _ := p.Start(b[:n])
			q, err := p.Question()
			if err != nil {
				continue
			}
			m := dnsmessage.Message{Header: dnsmessage.Header{ID: h.ID, Response: true, Authoritative: true}, Questions: []dnsmessage.Question{q}}
			if strings.Contains(q.Name.String(), "down") {
				m.RCode = dnsmessage.RCodeServerFailure
			} else if q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
			}
			if packed, err := m.Pack(); err == nil {
				_, _ = c.WriteTo(packed, from)
			}
		}
	}()
	return netip.MustParseAddrPort(c.LocalAddr().String())
}

// unboundProgram is the path of the real one.
func unboundProgram(t *testing.T) string {
	t.Helper()
	program := ""
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		if p := filepath.Join(dir, "unbound"); program == "" {
			if _, err := os.Stat(p); err == nil {
				program = p
			}
		}
	}
	if program == "" {
		why := "unbound is not installed (Debian: unbound)"
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return program
}

// freePort is a port of TCP that nobody listens on just now.
func freePort(t *testing.T) uint16 {
	l := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	defer func() { _ = l.Close() }()
	return netip.MustParseAddrPort(l.Addr().String()).Port()
}

// unbound runs the real one until the test ends.
func unbound(t *testing.T) netip.AddrPort {
	t.Helper()
	program := unboundProgram(t)
	dir, port, six := t.TempDir(), freePort(t), ""
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil { // who comes over IPv6 may not ask
		_ = l.Close()
		six = " interface: ::1\n access-control: ::1/128 refuse\n"
	}
	for name, text := range map[string]string{"conf": fmt.Sprintf(unboundConf, port, dir, unsigned(t).Port(), six), "rpz": policyZone} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
	startUnbound(t, program, filepath.Join(dir, "conf"), at)
	return at
}

// startUnbound runs it until the test ends, and waits until it listens.
func startUnbound(t *testing.T, program, conf string, at netip.AddrPort) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-d", "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	for range 100 {
		if c, err := net.Dial("tcp", at.String()); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	t.Fatal("unbound does not listen")
}

// impatient is a resolver that gave up.
type impatient struct{}

func (impatient) LookupNetIP(_ context.Context, _, name string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "timeout", Name: name, IsTimeout: true}
}

// TestRealUnbound: what a real name server says, in code and extended error, becomes the right reason and the right sentence.
func TestRealUnbound(t *testing.T) {
	server := unbound(t)
	ask := func(name, at string) (evidence.Resolution, report.Target) {
		server := netip.AddrPortFrom(ip(at), server.Port())
		dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.String())
		}
		var system dns.System = &net.Resolver{PreferGo: true, Dial: dial}
		if strings.Contains(name, "denied") {
			system = impatient{} // Go's own would wait for ten seconds
		}
		r := dns.New(dns.Config{System: system, Servers: []netip.AddrPort{server},
			HostsFile: os.DevNull, Hostname: "client.test"}).Name(t.Context(), name, 0)
		for _, a := range slices.Clone(r.Addresses) {
			if verdict.Sinkhole(&r, a) {
				r.Withheld = append(r.Withheld, a)
				r.Addresses = slices.DeleteFunc(r.Addresses, func(x netip.Addr) bool { return x == a })
			}
		}
		v := verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Usable: true, Rule: "connected"}
		if verdict.NothingToTest(&r) {
			v = verdict.Unresolved(&r)
		}
		tr := probe.TargetRun{Target: target(name, 443), Resolution: r, Results: []probe.Result{{Port: evidence.Port{Port: 443, Protocol: evidence.TCP}, Verdict: v}}}
		return r, report.Build(run(tr), services.New(), "test").Targets[0]
	}
	t.Run("a computer that may not ask", func(t *testing.T) {
		if c, err := net.Dial("tcp", netip.AddrPortFrom(ip("::1"), server.Port()).String()); err != nil {
			t.Skip("there is no IPv6 here")
		} else {
			_ = c.Close()
		}
		_, got := ask("www.static.test", "::1")
		said := got.Ports[0].Why + " | " + *got.Ports[0].NextStep
		if got.Ports[0].Reason != "name-refused" || !regexp.MustCompile("refuses to answer for the name www.static.test.*let this computer ask").MatchString(said) {
			t.Errorf("%s: %s", got.Ports[0].Reason, said)
		}
	})
	for _, c := range []struct {
		name, reason, says string
	}{
		{"www.refused.test", "name-refused|name-blocked", "127.0.0.1:.* refuses to answer for the name www.refused.test, but answers for others.*allow the name"},
		{"www.gone.test", "name-not-found|name-blocked", "127.0.0.1:"},
		{"www.nodata.test", "no-address", "exists, says the name server 127.0.0.1:.*neither IPv4 nor IPv6"},
		{"www.null.test", "name-blocked", "127.0.0.1:.* blocks the name www.null.test: it leads to 0.0.0.0, ::.*nothing was sent"},
		{"www.denied.test", "name-server-timeout", "127.0.0.1:.* did not answer"},
		{"nobody.static.test", "name-not-found", "does not exist, says the name server 127.0.0.1:"},
		{"mail.static.test", "no-address", "exists, says the name server 127.0.0.1:.*neither IPv4 nor IPv6"},
		{"host.static.test", "", ""},
		{"malware.example.net", "name-not-found|name-blocked", "127.0.0.1:"}, // unbound tells of its policy zones from 1.18 on
		{"empty.example.net", "no-address|name-blocked", "127.0.0.1:"},
		{"sink.example.net", "name-blocked", "0.0.0.0.*nothing was sent"},
		{"www.down.example.net", "name-server-failure", `could not find out about www.down.example.net \(SERVFAIL\)`},
		{"www.bogus.example.net", "name-server-failure", `\(SERVFAIL\): .*DNSSEC`},
		{"shop.any.example.net", "", "the same address for an invented name .*in the domain any.example.net every name leads there"},
		{"intra.corp.example.net", "", "leads to 192.168.1.7, a private address"},
		{"here.corp.example.net", "name-blocked", "leads the name here.corp.example.net to this computer itself"},
		{"lost.corp.example.net", "", "169.254.7.7, a link-local address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, got := ask(c.name, "127.0.0.1")
			reason := ""
			if verdict.NothingToTest(&r) {
				reason = string(verdict.Unresolved(&r).Reason)
			}
			if !regexp.MustCompile("^(" + c.reason + ")$").MatchString(reason) {
				t.Errorf("reason %q, want %q: %+v", reason, c.reason, r.Asked)
			}
			said := got.Ports[0].Finding + " | " + got.Ports[0].Why
			if n := got.Ports[0].NextStep; n != nil {
				said += " | " + *n
				checkSentence(t, c.name, *n, 240)
			}
			for _, n := range got.Notes {
				said += " | " + n.Sentence
				checkSentence(t, c.name, n.Sentence, 300)
			}
			checkSentence(t, c.name, got.Ports[0].Why, 240)
			if !regexp.MustCompile(c.says).MatchString(said) {
				t.Errorf("/%s/ is not in: %s (%+v)", c.says, said, r.Asked)
			}
			if os.Getenv("SHOW") != "" {
				fmt.Println(c.name, reason, "\n    ", said)
			}
		})
	}
}
