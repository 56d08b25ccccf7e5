package report_test

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

var (
	parties = []verdict.Party{verdict.PartyUnknown, verdict.ThisComputer, verdict.LocalNetwork, verdict.Provider,
		verdict.ServerNetwork, verdict.Server, verdict.Proxy}
	confidences = []verdict.Confidence{verdict.Possible, verdict.Likely, verdict.Certain}
)

// words that a help desk does not know; they may stand in brackets behind plain ones.
var jargon = regexp.MustCompile(`\b(RST|SYN|ACK|TTL|ICMP|ECONN\w*|EHOST\w*|ENET\w*|SNI|errno|middlebox|ClientHello|handshake|backlog|MTU|NAT|rcode|SERVFAIL|NXDOMAIN)\b`)

var brackets = regexp.MustCompile(`\([^()]*\)`)

// raw is text that only a program's error would have.
var raw = regexp.MustCompile(`%!|<nil>|dial tcp|i/o timeout|invalid IP|invalid AddrPort|0x[0-9a-f]{6}|0001-01-01|x509:|tls:|lookup `)

// mostSentences is how many short sentences may stand for one long.
const mostSentences = 4

// sentenceEnd is where the next one begins: behind a number of a list none does.
var sentenceEnd = regexp.MustCompile(`(?:[^0-9][.]|[?]) `)

// badStart is a sentence within s that does not begin as one does; "" if there is none.
func badStart(s string) string {
	for _, part := range sentenceEnd.Split(s, -1)[1:] {
		if part == "" || !unicode.IsUpper(rune(part[0])) && !unicode.IsDigit(rune(part[0])) {
			return part
		}
	}
	return ""
}

// checkSentence fails where s is not plain sentences, one or a few.
func checkSentence(t *testing.T, what, s string, limit int) {
	t.Helper()
	plain := brackets.ReplaceAllString(s, "")
	switch {
	case s == "":
		t.Errorf("%s: no sentence", what)
	case !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?"):
		t.Errorf("%s: no full stop: %s", what, s)
	case len(sentenceEnd.FindAllString(plain, -1)) >= mostSentences || strings.Contains(s, "..") && !strings.Contains(s, "..."):
		t.Errorf("%s: too many sentences: %s", what, s)
	case badStart(plain) != "":
		t.Errorf("%s: a sentence begins with a small letter: %q", what, badStart(plain))
	case len(s) > limit:
		t.Errorf("%s: %d characters, %d allowed: %s", what, len(s), limit, s)
	case raw.MatchString(s):
		t.Errorf("%s: raw error text: %s", what, s)
	case jargon.MatchString(plain):
		t.Errorf("%s: jargon %q: %s", what, jargon.FindString(plain), s)
	case strings.Contains(s, "  ") || strings.Contains(s, " ,") || strings.Contains(s, ",,") || strings.Contains(s, " ."):
		t.Errorf("%s: punctuation: %s", what, s)
	case !unicode.IsUpper(rune(s[0])) && !unicode.IsDigit(rune(s[0])):
		t.Errorf("%s: does not begin with a capital letter: %s", what, s)
	}
}

// oneVerdict is a run with one port.
func oneVerdict(addr, from netip.Addr, protocol evidence.Protocol, sp *evidence.Speech, v verdict.Verdict) *probe.Run {
	t := target("a-rather-long-name-of-a-server.department.company.example", 443)
	t.Candidates[0].Protocol = protocol
	p := evidence.Port{Addr: addr, Port: 443, Protocol: protocol, Speech: sp, Attempts: []evidence.Attempt{
		{Source: netip.AddrPortFrom(from, 50379), Outcome: evidence.Silent, Elapsed: 500 * ms}}}
	return run(probe.TargetRun{Target: t, Resolution: evidence.Resolution{Addresses: []netip.Addr{addr}},
		Hosts:   map[netip.Addr]*evidence.Host{addr: {Addr: addr}},
		Results: []probe.Result{{Port: p, Verdict: v}}})
}

// allCaveats reads the constants from their source, so that a new one can't be forgotten here.
func allCaveats(t *testing.T) (all []verdict.Caveat) {
	t.Helper()
	src, err := os.ReadFile("../probe/verdict/verdict.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +Caveat += "([a-z-]+)"`).FindAllSubmatch(src, -1) {
		all = append(all, verdict.Caveat(m[1]))
	}
	if len(all) < 14 {
		t.Fatalf("only %d caveats found", len(all))
	}
	return all
}

func TestEveryVerdictHasItsSentences(t *testing.T) {
	caveats := allCaveats(t)
	four, four2 := ip(server), ip(client)
	six, six2 := ip("2001:db8:1234:5678:9abc:def0:1234:5678"), ip("2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa")
	names := services.New()
	seen := map[string]verdict.Reason{}
	for _, reason := range verdict.Reasons() {
		for _, party := range append([]verdict.Party{""}, parties...) {
			for _, c := range confidences {
				if testing.Short() && c != verdict.Certain {
					continue
				}
				for i, addr := range []netip.Addr{four, six} {
					for _, at := range []uint8{0, 2} {
						v := verdict.Verdict{State: stateOf(reason), Reason: reason, Confidence: c, Caveats: caveats}
						v.Usable = v.State == verdict.Open
						if party != "" {
							v.Where = &verdict.Where{Party: party, Hop: at, Confidence: c, OrNext: at > 0 && party != verdict.Server}
							if at > 0 {
								v.Where.Address = []netip.Addr{ip("10.0.0.1"), ip("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff")}[i]
							}
						}
						what := fmt.Sprintf("%s %s %s %s hop %d", reason, party, c, addr, at)
						doc := report.Build(oneVerdict(addr, []netip.Addr{four2, six2}[i], evidence.TCP, nil, v), names, "test")
						p := doc.Targets[0].Ports[0]
						checkSentence(t, what+" why", p.Why, 240)
						if len(p.Caveats) != len(caveats) {
							t.Errorf("%s: %d of %d caveats", what, len(p.Caveats), len(caveats))
						}
						for _, n := range p.Caveats {
							checkSentence(t, "caveat "+n.Code, n.Sentence, 200)
						}
						checkSentence(t, what+" summary", doc.Targets[0].Summary, 400)
						if p.Finding == "" || len(p.Finding) > 90 {
							t.Errorf("%s: finding %q", what, p.Finding)
						}
						if open := p.State == "open"; p.NextStep == nil && open {
							continue
						} else if p.NextStep == nil {
							t.Errorf("%s: no next step", what)
						} else {
							checkSentence(t, what+" next step", *p.NextStep, 420)
						}
						if party == "" && addr == four && c == verdict.Certain {
							if other, twice := seen[p.Why]; twice && other != reason {
								t.Errorf("%s and %s say the same: %s", other, reason, p.Why)
							}
							seen[p.Why] = reason
						}
					}
				}
			}
		}
	}
}

// stateOf is a state that a reason goes with; a port that was answered is not usable here.
func stateOf(r verdict.Reason) verdict.State {
	switch r {
	case verdict.SynAck, verdict.UDPResponse:
		return verdict.Open
	case verdict.Reset, verdict.PortUnreachable:
		return verdict.Closed
	case verdict.NoResponse:
		return verdict.Filtered
	}
	return verdict.Blocked
}

func TestEachCaveatAndReasonHasWordsOfItsOwn(t *testing.T) {
	v := verdict.Verdict{State: verdict.Filtered, Reason: verdict.NoResponse, Caveats: append(allCaveats(t), "a-new-one")}
	doc := report.Build(oneVerdict(ip(server), ip(client), evidence.TCP, nil, v), services.New(), "test")
	var said []string
	for _, n := range doc.Targets[0].Ports[0].Caveats {
		if slices.Contains(said, n.Sentence) {
			t.Errorf("%s says what another caveat says: %s", n.Code, n.Sentence)
		}
		if strings.Contains(n.Sentence, "no words for") != (n.Code == "a-new-one") {
			t.Errorf("%s: %s", n.Code, n.Sentence)
		}
		said = append(said, n.Sentence)
	}
}

func TestEveryTLSResultHasItsSentences(t *testing.T) {
	states := []evidence.TLSState{evidence.TLSPlaintext, evidence.TLSReset, evidence.TLSNoResponse, evidence.TLSEOF, evidence.TLSAlert,
		evidence.TLSNotTLS, evidence.TLSFailed}
	var all []*evidence.Speech
	for _, s := range states {
		for _, alert := range []string{"", "handshake_failure", "certificate_required", "unrecognized_name", "access_denied"} {
			for _, note := range []string{"", "stalled", "cut-off", "old-version", "certificate-too-large", "bad-certificate", "weak-key", "other"} {
				all = append(all, &evidence.Speech{TLS: &evidence.TLS{State: s, Alert: alert, Notes: []string{note},
					Problem: "dial tcp 203.0.113.7:443: i/o timeout", ServerName: "server.example"}})
			}
		}
	}
	for _, code := range []string{"expired", "not-yet-valid", "wrong-name", "self-signed", "unknown-authority", "missing-intermediate", "revoked",
		"weak", "expired-intermediate", "wrong-usage", "one-that-is-new"} {
		s := badTLS("server.example", code, -12)
		all = append(all, s, &evidence.Speech{TLS: &evidence.TLS{State: evidence.TLSUntrusted, Verification: &evidence.Verification{Error: code}}})
		s = badTLS("server.example", code, -1)
		s.TLS.Inspection = &evidence.Inspection{By: "Fortinet FortiGate", Evidence: "known-issuer"}
		all = append(all, s)
	}
	for _, i := range []evidence.Inspection{{By: "Zscaler", Evidence: "known-issuer"}, {By: "ESET", Evidence: "known-issuer", Local: true},
		{By: "Example Corp. Root CA", Evidence: "system-only-root"}} {
		s := goodTLS("server.example")
		s.TLS.Inspection = &i
		all = append(all, s)
	}
	all = append(all, goodTLS("server.example"), &evidence.Speech{TLS: &evidence.TLS{State: evidence.TLSUntrusted}},
		&evidence.Speech{HTTP: &evidence.HTTP{Status: 403, BlockPage: "FortiGuard Web Filtering"}}, &evidence.Speech{Identified: "ssh"},
		&evidence.Speech{Banner: &evidence.Banner{Bytes: []byte("\x1b[2Jhello. Dear caller\r\nsecond")}}, &evidence.Speech{})
	for _, sp := range all {
		for _, usable := range []bool{true, false} {
			for _, c := range [][]verdict.Caveat{nil, {verdict.NothingSpoke}} {
				v := verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck, Usable: usable, Confidence: verdict.Certain, Caveats: c}
				doc := report.Build(oneVerdict(ip(server), ip(client), evidence.TCP, sp, v), services.New(), "test")
				p := doc.Targets[0].Ports[0]
				what := fmt.Sprintf("%+v usable %v", sp.TLS, usable)
				checkSentence(t, what, strings.ReplaceAll(strings.ReplaceAll(p.Why, "hello. Dear", "hello"), "Corp. Root", "Corp"), 260)
				if p.NextStep != nil {
					checkSentence(t, what, strings.ReplaceAll(strings.ReplaceAll(*p.NextStep, "hello. Dear", "hello"), "Corp. Root", "Corp"), 420)
				} else if !usable {
					t.Errorf("%s: not usable and nothing to do", what)
				}
				if strings.Contains(p.Why, "i/o timeout") {
					t.Errorf("%s: a technical note is said: %s", what, p.Why)
				}
			}
		}
	}
}

func TestAClaimIsHedgedAsItsEvidenceIs(t *testing.T) {
	build := func(v verdict.Verdict) report.Port {
		return report.Build(oneVerdict(ip(server), ip(client), evidence.TCP, nil, v), services.New(), "test").Targets[0].Ports[0]
	}
	closed := verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain}
	if why := build(closed).Why; why != "The server refused the connection: nothing listens on this port, unless its own firewall answers like that." {
		t.Errorf("certain: %s", why)
	}
	closed.Caveats = []verdict.Caveat{verdict.MayBeImitated}
	if why := build(closed).Why; !strings.Contains(why, "a firewall in front of the server imitates that") {
		t.Errorf("may be imitated, yet: %s", why)
	}
	closed.Confidence, closed.Caveats = verdict.Likely, nil
	if why := build(closed).Why; !strings.Contains(why, "probably") {
		t.Errorf("likely, yet: %s", why)
	}
	if why := build(drop2).Why; !strings.Contains(why, "10.0.0.1 (hop 2, your own network, likely) or the next device") {
		t.Errorf("place: %s", why)
	}
	if next := *build(drop2).NextStep; !strings.Contains(next, "allow TCP 443 from 10.1.0.2 to 203.0.113.7") || !strings.Contains(next, "2026-01-02 03:04 UTC") {
		t.Errorf("request: %s", next)
	}
}

// Everyday names lead where the registry's says little; abbreviations that people know stay.
func TestServicesAreCalledAsPeopleCallThem(t *testing.T) {
	for port, want := range map[uint16]string{3389: "3389 (Remote Desktop)", 445: "445 (Windows file and printer sharing)", 1433: "1433 (Microsoft SQL Server)",
		443: "443 (https)", 993: "993 (imaps)", 22: "22 (ssh)", 20: "20 (ftp-data)", 53: "53 (Looking up names)", 587: "587 (Sending mail)", 8080: "8080 (http-alt)",
		50001: "50001"} {
		r := run(probe.TargetRun{Target: target("h", port), Results: []probe.Result{result(0, refused(server, client, port), closed)}})
		if got := summaryOf(r); got.Ports[0].Label() != want || !strings.HasPrefix(got.Summary, want+" is not usable") {
			t.Errorf("%d: %s, %s", port, got.Ports[0].Label(), got.Summary)
		}
	}
}
