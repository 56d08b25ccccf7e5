package report_test

import (
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// TestNoTLSIsNotSaidOfWhatAnswers: where something identified itself, or said a word, that is the finding; "no TLS" is none,
// and where TLS was asked for the sentence says what answers instead.
func TestNoTLSIsNotSaidOfWhatAnswers(t *testing.T) {
	for _, state := range []evidence.TLSState{evidence.TLSReset, evidence.TLSEOF, evidence.TLSNoResponse, evidence.TLSNotTLS, evidence.TLSPlaintext} {
		for name, sp := range map[string]evidence.Speech{
			"HTTP":     {Identified: "http", HTTP: &evidence.HTTP{Status: 200}},
			"Gearman":  {Identified: "gearman"},
			"echo":     {Identified: "echo"},
			`"107 59"`: {Banner: &evidence.Banner{Bytes: []byte("107 59      \r\n")}},
		} {
			for _, asked := range []string{"", "tls"} {
				sp.Asked, sp.TLS = asked, &evidence.TLS{State: state, ServerName: "server.example"}
				p := connected(server, client, 4730)
				p.Speech = &sp
				v := verdict.Judge(&p, nil)
				if v.Usable != (asked == "") {
					t.Errorf("%s asked %q, %s: usable %v by %s", name, asked, state, v.Usable, v.Rule)
				}
				got := says(&sp, v)
				checkSentence(t, name, got.Why, 260)
				if strings.Contains(strings.ToLower(got.Finding), "no tls") {
					t.Errorf("%s asked %q, %s: %s", name, asked, state, got.Finding)
				}
				if state == evidence.TLSNotTLS && sp.Banner != nil {
					continue // bytes that are no text are not quoted
				}
				if !strings.Contains(got.Finding, name) || !strings.Contains(got.Why, name) {
					t.Errorf("%s asked %q, %s: %s | %s", name, asked, state, got.Finding, got.Why)
				}
				if asked != "" && !strings.Contains(got.Why, "asked for encryption (TLS) but answers with "+name) {
					t.Errorf("%s, %s: %s", name, state, got.Why)
				}
			}
		}
	}
}

// TestClientCertificateAndPrivateRoot: who is to install a client's certificate hears of the private root with it, whether the
// server refuses with an alert in the handshake, after it, or on a page.
func TestClientCertificateAndPrivateRoot(t *testing.T) {
	private := func() *evidence.Speech {
		sp := goodTLS("server.example")
		sp.TLS.Verification.PublicTrusted = new(false)
		sp.TLS.Inspection = &evidence.Inspection{By: "Example Corp Root", Evidence: evidence.SystemOnlyRoot}
		return sp
	}
	unknown := func() *evidence.Speech {
		sp := badTLS("server.example", evidence.CertUnknownAuthority, 58)
		sp.TLS.Verification.Authority = "Example Corp Root"
		return sp
	}
	for _, c := range []struct {
		name string
		sp   *evidence.Speech
		want []string
	}{
		{"private root", private(), []string{"client certificate; private authority", "Example Corp Root (private authority)", "root certificate of Example Corp Root"}},
		{"unknown root", unknown(), []string{"client certificate; unknown authority", "Example Corp Root (unknown authority)", "root certificate of Example Corp Root"}},
		{"public", goodTLS("server.example"), []string{"client certificate", "hands out"}},
	} {
		for _, how := range []string{"after", "in the handshake"} {
			sp := c.sp
			sp.TLS.ClientCert = true
			if how == "after" {
				sp.TLS.Notes = []string{evidence.NoteClientCertRequired}
			} else {
				sp.TLS.Notes, sp.TLS.State, sp.TLS.Alert = nil, evidence.TLSAlert, "handshake_failure"
			}
			for _, asked := range []string{"", "tls"} {
				sp.Asked = asked
				p := connected(server, client, 8443)
				p.Speech = sp
				v := verdict.Judge(&p, nil)
				got := allSaid(t, c.name, says(sp, v))
				if !v.Usable {
					t.Errorf("%s %s: not usable by %s", c.name, how, v.Rule)
				}
				for _, want := range c.want {
					if !strings.Contains(got, want) {
						t.Errorf("%s, %s: %q is not in: %s", c.name, how, want, got)
					}
				}
			}
		}
	}
	expired := badTLS("server.example", "expired", -12)
	expired.TLS.ClientCert, expired.TLS.Notes = true, []string{evidence.NoteClientCertRequired}
	got := allSaid(t, "expired", says(expired, verdict.Verdict{State: verdict.Open, Reason: verdict.SynAck}))
	for _, want := range []string{"expired 12 days ago; wants a client certificate", "renew the certificate", "insists on a certificate from the client"} {
		if !strings.Contains(got, want) {
			t.Errorf("expired: %q is not in: %s", want, got)
		}
	}
	page := unknown() // a page's address: the unknown root decides, the client's certificate is said
	page.Browser, page.Asked = true, "tls"
	page.TLS.ClientCert, page.TLS.State = true, evidence.TLSAlert
	p := connected(server, client, 443)
	p.Speech = page
	if v := verdict.Judge(&p, nil); v.Usable || v.Rule != "browser-refuses" {
		t.Errorf("a page: usable %v by %s", v.Usable, v.Rule)
	}
}

// TestMethodsWithoutProtection: a server that only takes what protects nothing is not to be tried with the real application.
func TestMethodsWithoutProtection(t *testing.T) {
	for suite, want := range map[string]string{
		"TLS_RSA_WITH_NULL_SHA256": "encrypts nothing", "TLS_DH_anon_WITH_AES_128_CBC_SHA": "has no certificate",
		"TLS_RSA_EXPORT_WITH_RC4_40_MD5": "can break", "TLS_RSA_WITH_DES_CBC_SHA": "can break", "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA": "Try the real application",
	} {
		for _, asked := range []string{"", "tls"} {
			sp := &evidence.Speech{Asked: asked, TLS: &evidence.TLS{State: evidence.TLSFailed, Version: "TLS 1.2", CipherSuite: suite,
				Problem: "cipher suite " + suite, Notes: []string{evidence.NoteUnsupportedMethod}}}
			p := connected(server, client, 8443)
			p.Speech = sp
			got := allSaid(t, suite, says(sp, verdict.Judge(&p, nil)))
			if !strings.Contains(got, want) || !strings.Contains(got, suite) {
				t.Errorf("%q: %s", want, got)
			}
		}
	}
}
