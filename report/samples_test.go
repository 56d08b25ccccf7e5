package report_test

import (
	"bytes"
	"io"
	"net/netip"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/format"
	"whyport/services"
)

const ms = time.Millisecond

var started = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

// stream begins to write a run in one of the formats.
func stream(t testing.TB, name string, out io.Writer, r *probe.Run) *format.Writer {
	t.Helper()
	w := &format.Writer{Format: format.Find(name), Out: out, Names: services.New(), Tool: "test"}
	plan := &probe.Plan{}
	for i := range r.Targets {
		plan.Targets = append(plan.Targets, r.Targets[i].Target)
	}
	w.Begin(plan, func(err error) { t.Error(err) })
	return w
}

// written is a whole run in one of the formats.
func written(t testing.TB, name string, r *probe.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stream(t, name, &b, r).Finish(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// target is a target with TCP candidates, any of which is enough.
func target(input string, ports ...uint16) probe.Target {
	t := probe.Target{Input: input, Host: input, ServerName: input, Requirement: verdict.Requirement{Mode: verdict.Any}}
	g := verdict.Group{Mode: verdict.Any}
	for i, p := range ports {
		t.Candidates = append(t.Candidates, probe.Candidate{Port: p, Protocol: evidence.TCP})
		g.Members = append(g.Members, i)
	}
	t.Requirement.Groups = []verdict.Group{g}
	return t
}

// seen is a port with attempts that all ended alike.
func seen(addr, from string, port uint16, n int, a evidence.Attempt) evidence.Port {
	p := evidence.Port{Addr: ip(addr), Port: port, Protocol: evidence.TCP}
	for i := range n {
		a.Source = netip.AddrPortFrom(ip(from), 50379+uint16(i)+port%100)
		a.Started = time.Duration(i) * 250 * ms
		p.Attempts = append(p.Attempts, a)
	}
	p.Elapsed = time.Duration(n-1)*250*ms + a.Elapsed
	return p
}

func connected(addr, from string, port uint16) evidence.Port {
	return seen(addr, from, port, 1, evidence.Attempt{Outcome: evidence.Connected, Elapsed: 31200 * time.Microsecond,
		TCP: &evidence.TCPInfo{SegsIn: 1, SndWnd: 64240, HasSndWnd: true, RTT: 31 * ms}})
}

func silent(addr, from string, port uint16) evidence.Port {
	return seen(addr, from, port, 6, evidence.Attempt{Outcome: evidence.Silent, Elapsed: 510 * ms,
		TCP: &evidence.TCPInfo{Retransmits: 1, TotalRetrans: 1, Retrans: 1}})
}

func refused(addr, from string, port uint16) evidence.Port {
	return seen(addr, from, port, 1, evidence.Attempt{Outcome: evidence.Refused, Errno: "ECONNREFUSED", Elapsed: 31 * ms})
}

func timeExceeded(ttl uint8, from string, rtt time.Duration) evidence.Hop {
	return evidence.Hop{TTL: ttl, Addr: ip(from), RTT: rtt, ICMP: &evidence.ICMP{Type: 11, From: ip(from)}, Tries: 1}
}

func walk(to string, port uint16, hops ...evidence.Hop) *evidence.Walk {
	return &evidence.Walk{To: netip.AddrPortFrom(ip(to), port), Protocol: evidence.TCP, Hops: hops}
}

func certificate(names ...string) *evidence.Certificate {
	return &evidence.Certificate{
		Subject: "CN=" + names[0], Issuer: "CN=R11,O=Let's Encrypt,C=US", DNSNames: names,
		NotBefore: started.AddDate(0, -1, 0), NotAfter: started.AddDate(0, 2, 0),
		SHA256: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", Key: "ECDSA P-256", Signature: "SHA256-RSA",
	}
}

func goodTLS(name string) *evidence.Speech {
	return &evidence.Speech{TLS: &evidence.TLS{
		State: evidence.TLSOK, ServerName: name, Version: "TLS 1.3", CipherSuite: "TLS_AES_128_GCM_SHA256", ALPN: "h2",
		Handshake: 63 * ms, Certificate: certificate(name), ChainLength: 2,
		Verification: &evidence.Verification{NameOK: new(true), TimeOK: new(true), SystemTrusted: new(true),
			PublicTrusted: new(true), ExpiresInDays: new(58)},
	}}
}

func badTLS(name, code string, days int) *evidence.Speech {
	s := goodTLS(name)
	s.TLS.State = evidence.TLSUntrusted
	v := s.TLS.Verification
	v.Error, v.ExpiresInDays = code, new(days)
	switch code {
	case "expired":
		v.TimeOK = new(false)
		s.TLS.Certificate.NotAfter = started.AddDate(0, 0, days)
	case "wrong-name":
		v.NameOK = new(false)
		s.TLS.Certificate.DNSNames = []string{"www.example.net", "example.net"}
	case "not-yet-valid":
		v.TimeOK = new(false)
	case "revoked":
	default:
		v.SystemTrusted, v.PublicTrusted = new(false), new(false)
	}
	return s
}

func result(candidate int, p evidence.Port, v verdict.Verdict) probe.Result {
	if v.Confidence == "" {
		v.Confidence = verdict.Certain
	}
	return probe.Result{Candidate: candidate, Port: p, Verdict: v}
}

func run(targets ...probe.TargetRun) *probe.Run {
	r := &probe.Run{Started: started.In(time.FixedZone("", 3600)), Elapsed: 2345600 * time.Microsecond, Hostname: "desk-17", Addresses: []netip.Addr{ip("10.1.0.2")},
		Requirement: verdict.Any, Met: true, Targets: targets, Ways: ways()}
	for i := range r.Targets {
		t := &r.Targets[i]
		usable := map[int]bool{}
		for _, res := range t.Results {
			usable[res.Candidate] = usable[res.Candidate] || res.Verdict.Usable
		}
		t.Met = t.Target.Requirement.Met(func(c int) bool {
			return usable[c]
		})
		for j := range t.Results {
			t.Results[j].Target = i
			if v := &t.Results[j].Verdict; v.Rule == "" {
				v.Rule = ruleOf(t.Results[j].Port, *v)
			}
		}
		r.Met = r.Met && t.Met
	}
	return r
}

// ways is a computer with one interface.
func ways() evidence.Ways {
	return evidence.Ways{Interfaces: map[netip.Addr]string{ip(client): "eth0", ip("2001:db8:1::2"): "eth0"}, Routes: []evidence.Route{
		{Prefix: netip.MustParsePrefix("0.0.0.0/0"), Gateway: ip("10.1.0.1"), Interface: "eth0"},
		{Prefix: netip.MustParsePrefix("::/0"), Gateway: ip("fe80::1"), Interface: "eth0"},
	}}
}

const (
	server = "203.0.113.7"
	client = "10.1.0.2"
)

var (
	open  = verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Usable: true}
	drop2 = verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Likely,
		Where:   &verdict.Where{Party: verdict.LocalNetwork, Hop: 2, Address: ip("10.0.0.1"), Confidence: verdict.Likely, OrNext: true},
		Caveats: []verdict.Caveat{verdict.ReturnPath}}
)

func reference() *evidence.Walk {
	return walk(server, 443, timeExceeded(1, "10.1.0.1", 400*time.Microsecond), timeExceeded(2, "10.0.0.1", 2*ms),
		timeExceeded(3, "198.51.100.1", 11*ms), evidence.Hop{TTL: 4, End: evidence.Connected, RTT: 31 * ms})
}

// iproject is the client that needs one of five ports.
func iproject() *probe.Run {
	t := target("server.example", 20, 80, 443, 2000, 2001)
	t.Application = "iProject"
	toDrop := walk(server, 20, timeExceeded(1, "10.1.0.1", 400*time.Microsecond), timeExceeded(2, "10.0.0.1", 2*ms),
		evidence.Hop{TTL: 3, Tries: 2}, evidence.Hop{TTL: 4, Tries: 2})
	p20, p80, p443, p2000, p2001 := silent(server, client, 20), silent(server, client, 80), connected(server, client, 443),
		connected(server, client, 2000), seen(server, client, 2001, 1, evidence.Attempt{Outcome: evidence.Failed, Errno: "EHOSTUNREACH",
			Elapsed: 11 * ms, ICMP: &evidence.ICMP{Type: 3, Code: 13, From: ip("198.51.100.1"), TTL: 62}})
	p20.Walk, p80.Walk = toDrop, toDrop
	p443.Speech = goodTLS("server.example")
	p2000.Origin = &evidence.Origin{Distance: 2}
	same := drop2
	same.Caveats = []verdict.Caveat{verdict.ReturnPath, verdict.SameRule}
	return run(probe.TargetRun{
		Target:     t,
		Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}, Elapsed: 1200 * time.Microsecond},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server), Own: []netip.Addr{ip(client)}, Reference: reference(),
			ReferenceProven: true, RTT: 31 * ms, Names: map[netip.Addr]string{ip("10.0.0.1"): "fw.corp.example"},
			Controls: []evidence.Port{refused(server, client, 47123), refused(server, client, 51877)}}},
		Results: []probe.Result{
			result(0, p20, drop2), result(1, p80, same), result(2, p443, open),
			result(3, p2000, verdict.Verdict{State: verdict.Blocked, Reason: verdict.MiddleboxAnswer, Confidence: verdict.Likely,
				Where: &verdict.Where{Party: verdict.LocalNetwork, Hop: 2, Address: ip("10.0.0.1"), Confidence: verdict.Likely}}),
			result(4, p2001, verdict.Verdict{State: verdict.Blocked, Reason: verdict.ICMPAdminProhibited,
				Where: &verdict.Where{Party: verdict.Provider, Hop: 3, Address: ip("198.51.100.1"), Confidence: verdict.Possible}}),
		},
	})
}

// families is a server whose IPv6 is broken.
func families() *probe.Run {
	const six, from6 = "2001:db8:7::7", "2001:db8:1::2"
	t := target("server.example", 80, 443)
	r := probe.TargetRun{Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(six), ip(server)}, Elapsed: 3 * ms},
		Hosts: map[netip.Addr]*evidence.Host{ip(six): {Addr: ip(six)}, ip(server): {Addr: ip(server), Reference: reference()}}}
	silent6 := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Possible,
		Caveats: []verdict.Caveat{verdict.HostSilent, verdict.PlaceUnproven}}
	for c, port := range []uint16{80, 443} {
		good := connected(server, client, port)
		good.Speech = goodTLS("server.example")
		if port == 80 {
			good.Speech = &evidence.Speech{Identified: "http", HTTP: &evidence.HTTP{Status: 301, Server: "nginx/1.26"},
				TLS: &evidence.TLS{State: evidence.TLSPlaintext}}
		}
		a, b := result(c, silent(six, from6, port), silent6), result(c, good, open)
		b.Address = 1
		r.Results = append(r.Results, a, b)
	}
	return run(r)
}

// certificates is one port for each kind of TLS trouble.
func certificates() *probe.Run {
	kinds := []struct {
		code   string
		days   int
		usable bool
	}{{"expired", -12, false}, {"wrong-name", 58, false}, {"self-signed", 700, true}, {"missing-intermediate", 58, true},
		{"unknown-authority", 58, true}, {"revoked", 30, false}, {"not-yet-valid", 90, false}}
	t := target("printer.example")
	r := probe.TargetRun{Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}}
	for i, k := range kinds {
		t.Candidates = append(t.Candidates, probe.Candidate{Port: 8443 + uint16(i), Protocol: evidence.TCP, Expect: probe.ExpectTLS})
		p := connected(server, client, 8443+uint16(i))
		p.Speech = badTLS("printer.example", k.code, k.days)
		v := open
		v.Usable = k.usable
		r.Results = append(r.Results, result(i, p, v))
	}
	n := len(t.Candidates)
	for i, sp := range []*evidence.Speech{
		{Asked: "tls", Usual: "https", Identified: "ssh", Product: "OpenSSH_9.2p1", Banner: &evidence.Banner{Bytes: []byte("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"), After: 8 * ms},
			TLS: &evidence.TLS{State: evidence.TLSPlaintext}},
		{TLS: &evidence.TLS{State: evidence.TLSAlert, ServerName: "printer.example", Alert: "handshake_failure", Handshake: 32 * ms}},
		func() *evidence.Speech {
			s := goodTLS("printer.example")
			s.TLS.Verification.PublicTrusted = new(false)
			s.TLS.Inspection = &evidence.Inspection{By: "Zscaler", Evidence: "known-issuer"}
			return s
		}(),
		func() *evidence.Speech {
			s := goodTLS("printer.example")
			s.TLS.Notes, s.TLS.Verification.ExpiresInDays = []string{"expires-soon"}, new(6)
			return s
		}(),
	} {
		port := []uint16{443, 993, 8460, 8461}[i]
		t.Candidates = append(t.Candidates, probe.Candidate{Port: port, Protocol: evidence.TCP})
		p := connected(server, client, port)
		p.Speech = sp
		v := open
		v.Usable = i >= 2
		r.Results = append(r.Results, result(n+i, p, v))
	}
	t.Requirement = verdict.Requirement{Mode: verdict.Any, Groups: []verdict.Group{{Mode: verdict.Any, Members: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}}}
	r.Target = t
	return run(r)
}

func notFound() *probe.Run {
	t := target("sever.example", 80, 443)
	r := probe.TargetRun{Target: t, Resolution: evidence.Resolution{Problem: "not-found", Server: "10.1.0.53", Elapsed: 4 * ms}}
	for c, port := range []uint16{80, 443} {
		r.Results = append(r.Results, probe.Result{Candidate: c, Port: evidence.Port{Port: port, Protocol: evidence.TCP},
			Verdict: verdict.Verdict{State: verdict.Unknown, Reason: verdict.NameNotFound, Confidence: verdict.Certain, Rule: "name-not-found"}})
	}
	return run(r)
}

func interrupted() *probe.Run {
	t := target("server.example", 22, 80, 443)
	v := verdict.Verdict{State: verdict.Unknown, Reason: verdict.Interrupted}
	p443 := evidence.Port{Addr: ip(server), Port: 443, Protocol: evidence.TCP}
	out := run(probe.TargetRun{Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}},
		Results: []probe.Result{
			result(0, refused(server, client, 22), verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Likely,
				Caveats: []verdict.Caveat{verdict.MayBeImitated}}),
			result(1, seen(server, client, 80, 1, evidence.Attempt{Outcome: evidence.Interrupted}), v), result(2, p443, v),
		}})
	out.Interrupted = true
	return out
}

// everyPort is all of a host's ports: four open, most closed, some filtered.
func everyPort() *probe.Run {
	t := probe.Target{Input: "203.0.113.7", Host: "203.0.113.7", Addr: ip(server), Requirement: verdict.Requirement{Mode: verdict.Any}}
	r := probe.TargetRun{Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}, Literal: true},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server), Reference: reference()}}}
	closed := verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset}
	for port := 1; port <= 65535; port++ {
		n := uint16(port)
		c := len(t.Candidates)
		t.Candidates = append(t.Candidates, probe.Candidate{Port: n, Protocol: evidence.TCP})
		switch {
		case n == 22 || n == 80 || n == 443 || n == 50000:
			p := connected(server, client, n)
			p.Speech = goodTLS("server.example")
			r.Results = append(r.Results, result(c, p, open))
		case n%2 == 0 && n < 4000:
			r.Results = append(r.Results, result(c, silent(server, client, n), drop2))
		default:
			r.Results = append(r.Results, result(c, refused(server, client, n), closed))
		}
	}
	g := verdict.Group{Mode: verdict.Any}
	for i := range t.Candidates {
		g.Members = append(g.Members, i)
	}
	t.Requirement.Groups = []verdict.Group{g}
	r.Target = t
	return run(r)
}

// silentHost answers nothing at all.
func silentHost() *probe.Run {
	t := target("server.example", 80, 443)
	r := probe.TargetRun{Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{ip(server)}},
		Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}}
	v := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Confidence: verdict.Possible,
		Where:   &verdict.Where{Party: verdict.PartyUnknown, Hop: 2, Address: ip("10.0.0.1"), Confidence: verdict.Possible, OrNext: true},
		Caveats: []verdict.Caveat{verdict.HostSilent, verdict.PlaceUnproven, verdict.ReturnPath}}
	for c, port := range []uint16{80, 443} {
		p := silent(server, client, port)
		p.Walk = walk(server, 80, timeExceeded(1, "10.1.0.1", ms), timeExceeded(2, "10.0.0.1", 2*ms), evidence.Hop{TTL: 3}, evidence.Hop{TTL: 4})
		r.Results = append(r.Results, result(c, p, v))
	}
	return run(r)
}

// network is many targets, half of them silent.
func network() *probe.Run {
	var targets []probe.TargetRun
	for i := range 12 {
		addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})
		t := target(addr.String(), 22, 443)
		r := probe.TargetRun{Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{addr}, Literal: true},
			Hosts: map[netip.Addr]*evidence.Host{addr: {Addr: addr}}}
		for c, port := range []uint16{22, 443} {
			p, v := silent(addr.String(), client, port), verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse,
				Confidence: verdict.Possible, Caveats: []verdict.Caveat{verdict.HostSilent}}
			if i%2 == 0 {
				p, v = connected(addr.String(), client, port), open
				p.Speech = goodTLS("server.example")
				if port == 22 {
					p.Speech = &evidence.Speech{Identified: "ssh", Product: "OpenSSH_9.2p1", Banner: &evidence.Banner{Bytes: []byte("SSH-2.0-OpenSSH_9.2p1\r\n")}}
				}
			}
			r.Results = append(r.Results, result(c, p, v))
		}
		targets = append(targets, r)
	}
	return run(targets...)
}
