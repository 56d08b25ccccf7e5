package report

import (
	"time"

	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// TLS is one handshake, or the question whether there could be one (not-tried: STARTTLS was refused or not offered).
type TLS struct {
	State        string        `json:"state"`
	ServerName   *string       `json:"server_name"`
	Version      *string       `json:"version"`
	CipherSuite  *string       `json:"cipher_suite"`
	ALPN         *string       `json:"alpn"`
	StartTLS     *string       `json:"starttls"`
	Handshake    *Millis       `json:"handshake_ms"`
	Alert        *string       `json:"alert,omitempty"`
	Problem      *string       `json:"problem,omitempty"`
	ClientCert   *bool         `json:"client_certificate_requested"` // null: the handshake did not get that far
	Certificate  *Certificate  `json:"certificate"`
	ChainLength  *int          `json:"chain_length,omitempty"`
	Verification *Verification `json:"verification"`
	Inspection   *Inspection   `json:"inspection"`
	OCSP         *string       `json:"ocsp,omitempty"`
	Notes        []string      `json:"notes,omitempty"`
	Variants     []Variant     `json:"variants,omitempty"`
}

// Certificate is the server's own, as sent.
type Certificate struct {
	Subject   string   `json:"subject"`
	Issuer    string   `json:"issuer"`
	NotBefore string   `json:"not_before"`
	NotAfter  string   `json:"not_after"`
	DNSNames  []string `json:"dns_names"`
	SHA256    string   `json:"sha256"`
	Key       *string  `json:"key,omitempty"`
	Signature *string  `json:"signature,omitempty"`
}

// Verification is the certificate judged; null is a question that could not be put.
type Verification struct {
	NameOK        *bool   `json:"name_ok"`
	TimeOK        *bool   `json:"time_ok"`
	SystemTrusted *bool   `json:"system_trusted"`
	PublicTrusted *bool   `json:"public_trusted"`
	Error         *string `json:"error"`
	Authority     *string `json:"authority,omitempty"` // at which what was sent ends, where something is wrong
	ExpiresInDays *int    `json:"expires_in_days,omitempty"`
}

// Inspection is the evidence that somebody opens TLS on the way.
type Inspection struct {
	By       string `json:"by"`
	Evidence string `json:"evidence"`
	Local    *bool  `json:"local,omitempty"` // true: a product that runs on this computer
}

// Variant is a further handshake that differed in one thing.
type Variant struct {
	Kind  string  `json:"kind"`
	State string  `json:"state"`
	After *Millis `json:"after_ms"`
	Alert *string `json:"alert,omitempty"`
	// Certificate, where it completed.
	Certificate *Certificate `json:"certificate,omitempty"`
}

// NotTried is the state of a handshake that there was none of, as scripts read it.
const NotTried = "not-tried"

func stateOfTLS(s evidence.TLSState) string {
	if s == evidence.TLSNotTried {
		return NotTried
	}
	return string(s)
}

func tlsOf(t *evidence.TLS) *TLS {
	if t == nil || t.State == evidence.TLSNotTried && t.StartTLS == "" && len(t.Notes) == 0 {
		return nil
	}
	out := &TLS{
		State: stateOfTLS(t.State), ServerName: text(t.ServerName), Version: text(t.Version),
		CipherSuite: text(t.CipherSuite), ALPN: text(t.ALPN), StartTLS: text(t.StartTLS),
		Handshake: millis(t.Handshake), Alert: text(t.Alert), Problem: text(t.Problem),
		Certificate: certificateOf(t.Certificate), ChainLength: number(t.ChainLength),
		OCSP: text(t.OCSP), Notes: phrase.CleanAll(t.Notes),
	}
	if t.ClientCert || t.Completed() {
		out.ClientCert = new(t.ClientCert)
	}
	if v := t.Verification; v != nil {
		out.Verification = &Verification{
			NameOK: v.NameOK, TimeOK: v.TimeOK, SystemTrusted: v.SystemTrusted,
			PublicTrusted: v.PublicTrusted, Error: text(v.Error), Authority: text(v.Authority), ExpiresInDays: v.ExpiresInDays,
		}
	}
	if i := t.Inspection; i != nil {
		out.Inspection = &Inspection{By: phrase.Clean(i.By), Evidence: phrase.Clean(i.Evidence)}
		if i.Local {
			out.Inspection.Local = new(true)
		}
	}
	for _, v := range t.Variants {
		out.Variants = append(out.Variants, Variant{
			Kind: phrase.Clean(v.Kind), State: stateOfTLS(v.State), After: millis(v.After), Alert: text(v.Alert),
			Certificate: certificateOf(v.Certificate),
		})
	}
	return out
}

func certificateOf(c *evidence.Certificate) *Certificate {
	if c == nil {
		return nil
	}
	names := phrase.CleanAll(c.DNSNames)
	if names == nil {
		names = []string{}
	}
	return &Certificate{
		Subject: phrase.Clean(c.Subject), Issuer: phrase.Clean(c.Issuer),
		NotBefore: c.NotBefore.UTC().Format(time.RFC3339), NotAfter: c.NotAfter.UTC().Format(time.RFC3339),
		DNSNames: names, SHA256: phrase.Clean(c.SHA256), Key: text(c.Key), Signature: text(c.Signature),
	}
}
