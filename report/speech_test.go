package report_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/services"
)

// says builds the port of one piece of speech.
func says(sp *evidence.Speech, v verdict.Verdict) report.Port {
	return report.Build(oneVerdict(ip(server), ip(client), evidence.TCP, sp, v), services.New(), "test").Targets[0].Ports[0]
}

// allSaid is everything that a port says of itself, with each sentence checked.
func allSaid(t *testing.T, what string, p report.Port) string {
	t.Helper()
	checkSentence(t, what+" why", p.Why, 260)
	text := p.Finding + "|" + p.Why
	if p.NextStep != nil {
		checkSentence(t, what+" next", *p.NextStep, 420)
		text += "|" + *p.NextStep
	}
	for _, n := range p.Notes {
		checkSentence(t, what+" "+n.Code, n.Sentence, 200)
		text += "|" + n.Sentence
	}
	return text
}

// situations are those in which a code of a handshake can stand.
func situations() map[string]func() (*evidence.Speech, verdict.Verdict) {
	unusable := open
	unusable.Usable = false
	quiet := verdict.Verdict{State: verdict.Blocked, Reason: verdict.TLSNoResponse, Confidence: verdict.Likely}
	return map[string]func() (*evidence.Speech, verdict.Verdict){
		"completed": func() (*evidence.Speech, verdict.Verdict) { return goodTLS("server.example"), open },
		"untrusted": func() (*evidence.Speech, verdict.Verdict) {
			return badTLS("server.example", "unknown-authority", 58), open
		},
		"failed": func() (*evidence.Speech, verdict.Verdict) {
			return &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSFailed}}, unusable
		},
		"silent": func() (*evidence.Speech, verdict.Verdict) {
			return &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSNoResponse}}, quiet
		},
		"not upgraded": func() (*evidence.Speech, verdict.Verdict) {
			return &evidence.Speech{Asked: "starttls", Identified: "smtp", TLS: &evidence.TLS{StartTLS: "smtp"}}, unusable
		},
		"not upgraded, nor asked": func() (*evidence.Speech, verdict.Verdict) {
			return &evidence.Speech{Identified: "smtp", TLS: &evidence.TLS{StartTLS: "smtp"}}, open
		},
	}
}

func TestEveryCodeOfAHandshakeIsSaid(t *testing.T) {
	for _, code := range evidence.TLSNotes() {
		said := 0
		for name, make := range situations() {
			sp, v := make()
			without := allSaid(t, name, says(sp, v))
			sp.TLS.Notes = []string{code}
			if allSaid(t, name+" "+code, says(sp, v)) != without {
				said++
			}
		}
		if said == 0 {
			t.Errorf("nothing is said of %q", code)
		}
	}
	for _, code := range evidence.SpeechNotes() {
		with, without := &evidence.Speech{Identified: "smtp", Notes: []string{code}}, &evidence.Speech{Identified: "smtp"}
		if allSaid(t, code, says(with, open)) == allSaid(t, code, says(without, open)) {
			t.Errorf("nothing is said of %q", code)
		}
	}
}

func TestEveryFaultOfACertificateHasWordsOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, code := range append(evidence.VerificationErrors(), "a-new-one") {
		p := says(badTLS("server.example", code, 12), open)
		allSaid(t, code, p)
		if p.NextStep == nil {
			t.Errorf("%s: nothing to do", code)
		}
		if other := seen[p.Why]; other != "" {
			t.Errorf("%s and %s say the same: %s", code, other, p.Why)
		}
		seen[p.Why] = code
	}
}

func TestEveryKindOfInspectionHasWordsOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, code := range append(evidence.Inspections(), "a-new-one") {
		for _, local := range []bool{false, true} {
			sp := goodTLS("server.example")
			sp.TLS.Inspection = &evidence.Inspection{By: "Example Root", Evidence: code, Local: local}
			p := says(sp, open)
			allSaid(t, code, p)
			if other := seen[p.Why]; other != "" && other != code {
				t.Errorf("%s and %s say the same: %s", code, other, p.Why)
			}
			seen[p.Why] = code
			if accuses := strings.HasPrefix(p.Why, "TLS is opened"); accuses != sp.TLS.Inspection.Sure() {
				t.Errorf("%s: %s", code, p.Why)
			}
		}
	}
}

// TestSchemaKnowsEveryTLSCode: what the evidence can hold is what the schema allows, no more and no less.
func TestSchemaKnowsEveryTLSCode(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Enum  []any
				Items struct{ Enum []any }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(report.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	same := func(what string, got []any, want []string) {
		var text []string
		for _, g := range got {
			if g != nil {
				text = append(text, fmt.Sprint(g))
			}
		}
		if !slices.Equal(text, want) {
			t.Errorf("%s: schema %q, evidence %q", what, text, want)
		}
	}
	same("notes", schema.Defs["tls"].Properties["notes"].Items.Enum, evidence.TLSNotes())
	same("error", schema.Defs["verification"].Properties["error"].Enum, evidence.VerificationErrors())
	same("inspection", schema.Defs["inspection"].Properties["evidence"].Enum, evidence.Inspections())
}

func TestFTPSaysWhatBecomesOfItsData(t *testing.T) {
	for want, f := range map[string]evidence.FTP{
		"ftp-passive-ok":                                       {Passive: "ok", Mode: "EPSV", Port: 40001},
		"ftp-passive-refused ftp-active":                       {Passive: "refused", Mode: "EPSV", Port: 40001},
		"ftp-passive-no-response ftp-active":                   {Passive: "no-response", Mode: "EPSV", Port: 40001},
		"ftp-passive-failed ftp-active":                        {Passive: "failed", Mode: "PASV", Port: 40001},
		"ftp-passive-not-tested ftp-active":                    {Passive: "not-tested", Why: "login-required"},
		"ftp-passive-not-tested ftp-active ":                   {Passive: "not-tested", Why: "no-passive"},
		"ftp-passive-not-tested ftp-active  ":                  {Passive: "not-tested", Why: "closed"},
		"ftp-passive-ok ftp-wrong-address":                     {Passive: "ok", Mode: "PASV", Port: 40001, Told: "192.168.1.2"},
		"ftp-passive-no-response ftp-wrong-address ftp-active": {Passive: "no-response", Mode: "PASV", Port: 40001, Told: "192.168.1.2"},
	} {
		p := says(&evidence.Speech{Identified: "ftp", FTP: &f}, open)
		allSaid(t, want, p)
		var codes []string
		for _, n := range p.Notes {
			codes = append(codes, n.Code)
		}
		if got := strings.Join(codes, " "); got != strings.TrimSpace(want) {
			t.Errorf("%+v: %s", f, got)
		}
	}
}

// TestWhatIsSaid holds the words of the cases that help desks meet most.
func TestWhatIsSaid(t *testing.T) {
	unusable := open
	unusable.Usable = false
	blocked := func(r verdict.Reason) verdict.Verdict {
		return verdict.Verdict{State: verdict.Blocked, Reason: r, Confidence: verdict.Likely, Where: &verdict.Where{Party: verdict.PartyUnknown, Confidence: verdict.Possible}}
	}
	client13 := goodTLS("server.example")
	client13.TLS.ClientCert, client13.TLS.Notes = true, []string{evidence.NoteClientCertRequired}
	logged := badTLS("server.example", evidence.CertMissingIntermediate, 58)
	logged.TLS.Notes = []string{evidence.NotePublicLeaf}
	printer := badTLS("server.example", evidence.CertWrongName, 300)
	printer.TLS.Certificate = &evidence.Certificate{Subject: "CN=NPI3F2A10", Issuer: "CN=NPI3F2A10"}
	printer.TLS.ChainLength, printer.TLS.Verification.SystemTrusted = 1, new(false)
	expiredElsewhere := badTLS("server.example", evidence.CertExpired, -12)
	expiredElsewhere.TLS.Verification.NameOK = new(false)
	today := goodTLS("server.example")
	today.TLS.Verification.ExpiresInDays, today.TLS.Notes = new(0), []string{evidence.NoteExpiresSoon}
	old := goodTLS("server.example")
	old.TLS.Version, old.TLS.Notes, old.TLS.Inspection = "TLS 1.0", []string{evidence.NoteOldVersion}, &evidence.Inspection{By: "Example Root", Evidence: evidence.SystemOnlyRoot}
	strange := badTLS("server.example", evidence.CertWrongName, 58)
	strange.TLS.Certificate.DNSNames = []string{"login.hotel.example"}
	inspectedBy := func(by, code string) *evidence.Speech {
		sp := badTLS("server.example", code, 58)
		sp.TLS.Inspection = &evidence.Inspection{By: by, Evidence: evidence.KnownIssuer}
		return sp
	}
	page := func(status int, location, via string) *evidence.Speech {
		return &evidence.Speech{Usual: "http", Identified: "http", HTTP: &evidence.HTTP{Status: status, Location: location, Via: via}}
	}
	portal := page(302, "http://login.hotel.example/?x", "")
	portal.Asked, portal.Usual, portal.TLS = "tls", "https", &evidence.TLS{State: evidence.TLSPlaintext}
	for _, c := range []struct {
		name string
		sp   *evidence.Speech
		v    verdict.Verdict
		want []string // parts of what is said
		not  string
	}{
		{"private chain", badTLS("server.example", evidence.CertMissingIntermediate, 58), open, []string{"was not sent", "unless that is a company's own"}, ""},
		{"public chain", logged, open, []string{"was not sent", "public authority"}, "unless"},
		{"client certificate, TLS 1.3", client13, open, []string{"client certificate wanted", "insists on a client certificate", "Install the client certificate"}, ""},
		{"client certificate, TLS 1.2", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, Alert: "bad_certificate", ClientCert: true}}, open,
			[]string{"wants a certificate from the client", "Install the client certificate"}, ""},
		{"name refused", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, Alert: "internal_error", ServerName: "server.example",
			Variants: []evidence.TLSVariant{{Kind: "no-name", State: evidence.TLSOK}}}}, unusable, []string{"name server.example is refused", "works without a name"}, ""},
		{"stalled", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSFailed, Notes: []string{evidence.NoteStalled}}}, unusable,
			[]string{"large packets are lost on the way (MTU)", "path MTU"}, "faulty"},
		{"HTTP on 22", &evidence.Speech{Asked: "ssh", Usual: "ssh", Identified: "http", HTTP: &evidence.HTTP{Status: 302}}, unusable,
			[]string{"usual service is SSH, but what answers is HTTP"}, "captive portal"},
		{"captive portal", &evidence.Speech{Usual: "http", Identified: "http", HTTP: &evidence.HTTP{Status: 511, BlockPage: "captive portal"}}, blocked(verdict.MiddleboxAnswer),
			[]string{"sign-in page of the network", "sign in to the network"}, "runs captive portal"},
		{"error page", &evidence.Speech{Usual: "http", Identified: "http", HTTP: &evidence.HTTP{Status: 502, BlockPage: "Squid"}}, blocked(verdict.MiddleboxAnswer),
			[]string{"error page (502) of Squid", "gets no good answer", "what its log says"}, "sign-in"},
		{"block page", &evidence.Speech{Usual: "http", Identified: "http", HTTP: &evidence.HTTP{Status: 403, BlockPage: "FortiGuard"}}, blocked(verdict.MiddleboxAnswer),
			[]string{"page of FortiGuard", "whoever runs FortiGuard"}, ""},
		{"SSH on 443", &evidence.Speech{Asked: "tls", Usual: "https", Identified: "ssh", Product: "OpenSSH_9.2p1", TLS: &evidence.TLS{State: evidence.TLSPlaintext}}, unusable,
			[]string{"usual service is HTTPS, but what answers is SSH (OpenSSH_9.2p1)"}, ""},
		{"SMTP where SSH was asked for", &evidence.Speech{Asked: "ssh", Identified: "smtp", TLS: goodTLS("server.example").TLS}, unusable, []string{"SMTP"}, "certificate"},
		{"large hello", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSReset, Notes: []string{evidence.NoteBigHelloDropped}}}, blocked(verdict.TLSReset),
			[]string{"post-quantum", "is cut off but a small one works", "probably a device on the way, or old server software"}, ""},
		{"large packets", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSNoResponse, Notes: []string{evidence.NoteLargePacketsLost}}}, blocked(verdict.TLSNoResponse),
			[]string{"no answer in packets of the usual size, but does in small ones", "probably a tunnel (VPN) or line on the way", "fragmentation needed"}, "post-quantum"},
		{"name filter", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSReset, ServerName: "server.example"}}, blocked(verdict.SNIReset),
			[]string{"cut off when it names server.example, but other names pass", "allow the site server.example"}, ""},
		{"printer's port", &evidence.Speech{Notes: []string{evidence.NoteListenedOnly}}, open, []string{"Nothing was sent", "not asked further"}, "said nothing"},
		{"a broker that sends on", &evidence.Speech{Usual: "kafka", Identified: "kafka", Refers: []string{"kafka-1:9092", "kafka-2:9093"}}, open,
			[]string{"answers with Kafka", "sends its clients on to kafka-1:9092, kafka-2:9093"}, ""},
		{"a VPN that is silent", &evidence.Speech{Usual: "wireguard", Notes: []string{evidence.NoteSilentByDesign}}, verdict.Verdict{State: verdict.Unknown, Reason: verdict.UDPNoResponse},
			[]string{"WireGuard servers are silent to those whom they do not know", "as is usual for WireGuard"}, "mostly answer"},
		{"a directory that is silent", &evidence.Speech{Usual: "kerberos"}, verdict.Verdict{State: verdict.Unknown, Reason: verdict.UDPNoResponse},
			[]string{"a question that Kerberos servers mostly answer"}, "as is usual"},
		{"known inspector, not trusted", inspectedBy("Fortinet FortiGate", evidence.CertUnknownAuthority), open,
			[]string{"opened and signed again on the way by Fortinet FortiGate", "does not know its authority", "Ask whoever runs Fortinet FortiGate"}, "whole certificate chain"},
		{"known inspector, gap", inspectedBy("Fortinet FortiGate", evidence.CertMissingIntermediate), open, []string{"Fortinet FortiGate", "does not know its authority"}, "whole certificate chain"},
		{"printer by its name", printer, unusable, []string{"names no server", "only CN=NPI3F2A10", "also is self-signed", "subject alternative name"}, "is for another"},
		{"expired and for another name", expiredElsewhere, unusable, []string{"expired 12 days ago", "also is for another name"}, ""},
		{"expires today", today, open, []string{"expires in less than a day"}, "0 days"},
		{"private authority, TLS 1.0", old, open, []string{"old TLS 1.0; private authority"}, "TLS ok"},
		{"a portal's certificate", strange, unusable, []string{"is for login.hotel.example", "captive portal", "open the site in a browser"}, ""},
		{"another name of the owner", badTLS("shop.example.net", evidence.CertWrongName, 58), unusable, []string{"is for www.example.net"}, "captive portal"},
		{"every method met with silence", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, ServerName: "server.example", Alert: "handshake_failure", Variants: []evidence.TLSVariant{{Kind: "every-method", State: evidence.TLSNoResponse}}}}, unusable,
			[]string{"every version and cipher offered (handshake_failure)"}, "rare"},
		{"STARTTLS never reached", &evidence.Speech{Asked: "starttls", Usual: "smtp", Identified: "smtp"}, unusable, []string{"SMTP; no encryption", "ended before encryption"}, "which port has the wanted"},
		{"FTP without data", &evidence.Speech{Usual: "ftp", Identified: "ftp", FTP: &evidence.FTP{Passive: "no-response", Mode: "EPSV", Port: 40004}}, unusable, []string{"answers with FTP; data connection fails", "-p 40004"}, "server's firewall"},
		{"refused without a name", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, Alert: "handshake_failure", Variants: []evidence.TLSVariant{{Kind: "every-method", State: evidence.TLSAlert}}}}, unusable,
			[]string{"no server name was sent", "(handshake_failure)", "--server-name"}, "every version"},
		{"not known without a name", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, Alert: "unrecognized_name"}}, unusable, []string{"no server name was sent"}, "know the name ."},
		{"reset without a name", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSReset}}, verdict.Verdict{State: verdict.Unknown, Reason: verdict.TLSReset}, []string{"cut off (reset)", "Some servers insist on a name", "If that fails, ask"}, ""},
		{"rare method", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSFailed, Version: "TLS 1.2", Problem: "cipher suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", Notes: []string{evidence.NoteUnsupportedMethod},
			Certificate: certificate("www.example.net"), Verification: &evidence.Verification{NameOK: new(false), TimeOK: new(true)}}}, unusable,
			[]string{"TLS 1.2, but picks what this test and many programs don't have: cipher suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "the certificate is for another name", "Try the real application"}, "faulty"},
		{"every method refused", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSAlert, ServerName: "server.example", Alert: "handshake_failure", Variants: []evidence.TLSVariant{{Kind: "every-method", State: evidence.TLSAlert}}}}, unusable,
			[]string{"every version and cipher offered, rare and old ones included (handshake_failure)"}, ""},
		{"STARTTLS cut off", &evidence.Speech{Asked: "starttls", Identified: "smtp", Product: "Postfix", TLS: &evidence.TLS{State: evidence.TLSReset, StartTLS: "smtp"}}, unusable,
			[]string{"SMTP (Postfix); STARTTLS fails", "agrees to go over to encryption (STARTTLS), but then the connection is cut off (reset)"}, "whether TLS is on"},
		{"STARTTLS cut off, not asked for", &evidence.Speech{Identified: "smtp", TLS: &evidence.TLS{State: evidence.TLSPlaintext, StartTLS: "smtp"}}, open, []string{"SMTP; STARTTLS fails", "what comes is not TLS"}, ""},
		{"STARTTLS, large hello", &evidence.Speech{Asked: "starttls", Identified: "imap", TLS: &evidence.TLS{State: evidence.TLSNoResponse, StartTLS: "imap", Notes: []string{evidence.NoteBigHelloDropped}}}, unusable,
			[]string{"nothing more comes, except to a smaller greeting", "post-quantum"}, ""},
		{"a page beside silence to TLS", &evidence.Speech{Identified: "http", HTTP: &evidence.HTTP{Status: 200, Server: "Icecast 2.4.4"}, TLS: &evidence.TLS{State: evidence.TLSNoResponse}}, open,
			[]string{"answers with HTTP (Icecast 2.4.4)", "a try with encryption (TLS) was met with silence"}, "no TLS"},
		{"a greeting beside an end of TLS", &evidence.Speech{Banner: &evidence.Banner{Bytes: []byte("OK gearman\r\n")}, TLS: &evidence.TLS{State: evidence.TLSEOF}}, open,
			[]string{`answers with "OK gearman"`, "a try with encryption (TLS) was closed"}, "no TLS"},
		{"SSH beside a reset of TLS on another's port", &evidence.Speech{Usual: "smtp", Identified: "ssh", TLS: &evidence.TLS{State: evidence.TLSReset}}, open,
			[]string{"SSH, not SMTP", "what answers is SSH; a try with encryption (TLS) was cut off (reset)"}, ""},
		{"a page where TLS was asked for and is silent", &evidence.Speech{Asked: "tls", Usual: "https", Identified: "http", HTTP: &evidence.HTTP{Status: 200}, TLS: &evidence.TLS{State: evidence.TLSNoResponse}}, unusable,
			[]string{"HTTP, not TLS", "answers with HTTP instead, and the try with it was met with silence", "for the port with TLS"}, "accepts connections"},
		{"an empty line", &evidence.Speech{Banner: &evidence.Banner{Bytes: []byte("\r\n")}}, open, []string{"answers with an empty line"}, "said nothing"},
		{"silence", &evidence.Speech{Usual: "smtp", TLS: &evidence.TLS{State: evidence.TLSNoResponse}}, open, []string{"accepts connections; said nothing", "not even to a try"}, "no TLS"},
		{"redirect to a portal", page(302, "http://login.hotel.example/", ""), open, []string{"on to another site, login.hotel.example", "captive portal"}, ""},
		{"redirect to its own site", page(301, "https://www.company.example/", ""), open, nil, "another site"},
		{"redirect to its own path", page(302, "/login", ""), open, nil, "another site"},
		{"redirect on 443", portal, unusable, []string{"answers without it. It sends browsers on to login.hotel.example", "sign in if asked"}, "without TLS if"},
		{"through a proxy", page(200, "", "1.1 proxy.example (squid/5.7)"), open, []string{`calls itself "1.1 proxy.example (squid/5.7)"`}, ""},
		{"proxy's login", page(407, "", ""), open, []string{"wants a name and a password first (407)"}, ""},
		{"gateway's error", page(502, "", ""), open, []string{"can't reach the service behind it (502)"}, ""},
		{"page refused", page(403, "", ""), open, []string{"refuses the page (403)"}, ""},
		{"binary answer, nothing asked", &evidence.Speech{TLS: &evidence.TLS{State: evidence.TLSNotTLS}, Banner: &evidence.Banner{Bytes: []byte("\x00\x01")}}, open, []string{"protocol of its own"}, "was asked for encryption"},
		{"binary answer, TLS asked", &evidence.Speech{Asked: "tls", TLS: &evidence.TLS{State: evidence.TLSNotTLS}, Banner: &evidence.Banner{Bytes: []byte("\x00\x01")}}, unusable, []string{"was asked for encryption"}, ""},
		{"HTTP with odd bytes", &evidence.Speech{Identified: "http", TLS: &evidence.TLS{State: evidence.TLSNotTLS}, Banner: &evidence.Banner{Bytes: []byte("HTTP/1.0 200 \x01")}}, open, []string{"answers with HTTP"}, "was asked for encryption"},
		{"turned away", &evidence.Speech{Usual: "smtp", Identified: "smtp", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("554 5.7.1 blocked\x1b[2J.\r\n")}}, unusable,
			[]string{"SMTP: refuses mail from this address", `: "554 5.7.1 blocked\x1b[2J"`, "port 587 or 465"}, "usual service"},
		{"turned away by FTP", &evidence.Speech{Usual: "ftp", Identified: "ftp", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("500 OOPS: x\x1b[2J.\r\n")}}, unusable,
			[]string{`FTP: turns this computer away`, `: "500 OOPS: x\x1b[2J".`, "let " + client + " in"}, "usual service"},
		{"too busy", &evidence.Speech{Usual: "ssh", Identified: "ssh", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("Exceeded MaxStartups\r\n")}}, unusable,
			[]string{"too busy just now", "Try again in a few minutes"}, "let " + client + " in"},
		{"blocked by MariaDB", &evidence.Speech{Usual: "mysql", Identified: "mysql", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("J\x00\x00\x00\xffi\x04Host '10.1.0.2' is blocked because of many connection errors")}}, unusable,
			[]string{"FLUSH HOSTS", "such as this one"}, "let " + client + " in"},
		{"Redis in protected mode", &evidence.Speech{Usual: "redis", Identified: "redis", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("-DENIED Redis is running in protected mode\r\n")}}, unusable,
			[]string{"protected mode", "set a password"}, "let " + client + " in"},
		{"RDP wants NLA", &evidence.Speech{Asked: "starttls", Usual: "rdp", Identified: "rdp", Code: "rdp-nla-required", TLS: &evidence.TLS{StartTLS: "rdp", Notes: []string{evidence.NoteStartTLSRefused}}}, unusable,
			[]string{"Network Level Authentication"}, "certificate and TLS settings"},
		{"masked SMTP", &evidence.Speech{Asked: "starttls", Identified: "smtp", Banner: &evidence.Banner{Bytes: []byte("220 ********************\r\n")}, TLS: &evidence.TLS{StartTLS: "smtp", Notes: []string{evidence.NoteStartTLSNotOffered}}}, unusable,
			[]string{"A Cisco firewall rewrites", "inspect esmtp"}, "administrator whether encryption"},
		{"turned away by MySQL", &evidence.Speech{Usual: "mysql", Identified: "mysql", Notes: []string{evidence.NoteTurnedAway}, Banner: &evidence.Banner{Bytes: []byte("E\x00\x00\x00\xffj\x04Host '10.0.0.1' is not allowed")}}, unusable,
			[]string{`"Host '10.0.0.1' is not allowed"`}, `\x00`},
		{"STARTTLS stripped", &evidence.Speech{Asked: "starttls", Identified: "smtp", TLS: &evidence.TLS{StartTLS: "smtp", Notes: []string{evidence.NoteStartTLSNotOffered}}}, unusable,
			[]string{"does not offer encryption", "a device on the way removes the offer"}, ""},
	} {
		got := allSaid(t, c.name, says(c.sp, c.v))
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in: %s", c.name, want, got)
			}
		}
		if c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q is in: %s", c.name, c.not, got)
		}
	}
}
