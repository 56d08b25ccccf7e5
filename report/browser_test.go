package report_test

import (
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// TestBrowserRefuses: what browsers refuse is of no use where a page was asked for, and the sentence says who refuses it; on any
// other port it stays usable, unless all programs refuse it.
func TestBrowserRefuses(t *testing.T) {
	weak := func(change func(*evidence.TLS)) *evidence.Speech {
		sp := goodTLS("server.example")
		change(sp.TLS)
		return sp
	}
	seen := map[string]string{}
	for name, c := range map[string]struct {
		sp   *evidence.Speech
		says string
	}{
		"self-signed": {badTLS("server.example", evidence.CertSelfSigned, 58), "browsers refuse it"},
		"unknown":     {badTLS("server.example", evidence.CertUnknownAuthority, 58), "browsers refuse it"},
		"usage":       {badTLS("server.example", evidence.CertWrongUsage, 58), "browsers refuse it"},
		"chain":       {badTLS("server.example", evidence.CertExpiredIntermediate, 58), "browsers refuse it"},
		"version":     {weak(func(t *evidence.TLS) { t.Version, t.Notes = "TLS 1.0", []string{evidence.NoteOldVersion} }), "Chrome, Edge, Firefox, Safari"},
		"cipher":      {weak(func(t *evidence.TLS) { t.CipherSuite = "TLS_RSA_WITH_3DES_EDE_CBC_SHA" }), "old method (TLS_RSA_WITH_3DES_EDE_CBC_SHA)"},
		"signature":   {weak(func(t *evidence.TLS) { t.Notes = []string{evidence.NoteWeakSignature} }), "SHA-1"},
		"key":         {weak(func(t *evidence.TLS) { t.Notes = []string{evidence.NoteWeakKey} }), "macOS"},
		"address": {weak(func(t *evidence.TLS) { t.ServerName, t.Verification.NameOK = "", nil }),
			"does not name the address"},
		"good":         {goodTLS("server.example"), ""},
		"intermediate": {badTLS("server.example", evidence.CertMissingIntermediate, 58), ""},
	} {
		p := connected(server, client, 443)
		p.Speech = c.sp
		rule := "browser-refuses"
		if name == "usage" || name == "chain" {
			rule = "certificate-refused"
		}
		if v := verdict.Judge(&p, nil); v.Usable == (v.Rule == "certificate-refused") || v.Usable == (rule == "certificate-refused") {
			t.Errorf("%s: usable %v where no page was asked for (%s)", name, v.Usable, v.Rule)
		}
		c.sp.Browser, c.sp.Asked = true, "tls"
		v := verdict.Judge(&p, nil)
		if (v.Rule == rule) != (c.says != "") || v.Usable != (c.says == "") {
			t.Errorf("%s: %s, usable %v", name, v.Rule, v.Usable)
		}
		said := says(c.sp, v)
		if !strings.Contains(said.Why, c.says) || c.says != "" && said.NextStep == nil {
			t.Errorf("%s: %s", name, said.Why)
		}
		checkSentence(t, name, said.Why, 260)
		if other := seen[said.Why]; other != "" {
			t.Errorf("%s and %s say the same: %s", name, other, said.Why)
		}
		seen[said.Why] = name
	}
}
