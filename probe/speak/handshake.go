package speak

import (
	"crypto/tls"
	"crypto/x509"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// hello is how one ClientHello differs from the first.
type hello struct {
	name     string // SNI; "" for none
	small    bool   // without post-quantum key shares: fits into one packet
	noALPN   bool
	packets  bool   // small ones only, whatever is said
	startTLS string // protocol that was upgraded
}

// handshaken is one handshake as it went, certificate not judged yet.
type handshaken struct {
	tls   evidence.TLS
	chain []*x509.Certificate
	ocsp  []byte
	conn  *tls.Conn // usable where the handshake completed
	said  []byte    // the first bytes of the answer
	echo  bool      // which are the ClientHello itself
	err   error
}

// handshake says a ClientHello and captures whatever comes. It trusts everyone: certificates are
// judged afterwards. The connection stays open; its deadline is the caller's.
func handshake(c *recorder, h hello) *handshaken {
	out := &handshaken{tls: evidence.TLS{ServerName: h.name, StartTLS: h.startTLS}}
	config := &tls.Config{
		ServerName:         h.name,
		InsecureSkipVerify: true, //nolint:gosec // a diagnosis must see what a client would refuse
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       everySuite(),
		NextProtos:         []string{"h2", "http/1.1"},
		// IIS and Apache ask for a client's certificate only once they know the page that is wanted (up to TLS 1.2).
		Renegotiation: tls.RenegotiateOnceAsClient,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			out.tls.ClientCert = true
			return &tls.Certificate{}, nil
		},
	}
	if h.noALPN || h.startTLS != "" {
		config.NextProtos = nil
	}
	if h.small {
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
	}
	c.mark()
	out.conn = tls.Client(c, config)
	began := time.Now()
	out.err = out.conn.Handshake()
	out.tls.Handshake = time.Since(began)
	state := out.conn.ConnectionState()
	out.chain = state.PeerCertificates[:min(len(state.PeerCertificates), maxChainLen)] // also where what followed failed
	var n int
	out.said, n, _ = c.heard()
	if out.err != nil && c.echoed() {
		out.echo, out.tls.State = true, evidence.TLSNotTLS
		return out
	}
	if out.err != nil {
		out.tls.State, out.tls.Alert = failure(out.err, out.said)
		explain(&out.tls, out.err, n)
		if state.Version != 0 {
			out.tls.Version = tls.VersionName(state.Version) // agreed on before it failed
		}
		return out
	}
	out.tls.State = evidence.TLSOK
	out.tls.Version = tls.VersionName(state.Version)
	out.tls.CipherSuite = tls.CipherSuiteName(state.CipherSuite)
	out.tls.ALPN = state.NegotiatedProtocol
	out.ocsp = state.OCSPResponse
	out.tls.Notes = sessionNotes(state)
	if warned(out.said) {
		out.tls.Notes = append(out.tls.Notes, evidence.NoteNameUnknown)
	}
	return out
}

// everySuite that crypto/tls can speak: a diagnosis connects where a careful client would not.
var everySuite = sync.OnceValue(func() (ids []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, s.ID)
	}
	return ids
})

// sessionNotes are the weaknesses of a session: versions that RFC 8996 forbids, and suites with
// RC4, 3DES or without forward secrecy.
func sessionNotes(state tls.ConnectionState) (notes []string) {
	if state.Version < tls.VersionTLS12 {
		notes = append(notes, evidence.NoteOldVersion)
	}
	for _, s := range tls.InsecureCipherSuites() {
		if s.ID == state.CipherSuite {
			notes = append(notes, evidence.NoteWeakSuite)
		}
	}
	return notes
}

// warned reports whether an answer begins with the warning unrecognized_name (RFC 6066 section 3): the
// server does not know the name and goes on with its default certificate.
func warned(said []byte) bool {
	return len(said) >= 7 && said[0] == 0x15 && said[5] == 1 && said[6] == 112
}

// failure says how a handshake ended, from its error and the first bytes of the answer.
func failure(err error, said []byte) (state evidence.TLSState, alert string) {
	if code, ok := remoteAlert(err); ok {
		return evidence.TLSAlert, alertName(code)
	}
	looksTLS := len(said) > 1 && (said[0] == 0x15 || said[0] == 0x16) && said[1] == 3
	switch {
	case looksTLS && said[0] == 0x15 && len(said) >= 7 && said[5] == 2: // fatal; warnings may be followed by more
		return evidence.TLSAlert, alertName(said[6])
	case looksTLS && isReset(err):
		return evidence.TLSReset, ""
	case looksTLS:
		return evidence.TLSFailed, ""
	case len(said) > 0 && isText(said):
		return evidence.TLSPlaintext, ""
	case len(said) > 0:
		return evidence.TLSNotTLS, ""
	case isReset(err):
		return evidence.TLSReset, ""
	case ended(err):
		return evidence.TLSEOF, ""
	}
	return evidence.TLSNoResponse, ""
}

// explain notes why a handshake that was answered with TLS could not be completed. The texts are
// those of crypto/tls; where they change, the note is lost and nothing else.
func explain(t *evidence.TLS, err error, n int) {
	if t.State != evidence.TLSFailed && !(t.State == evidence.TLSReset && n > 0) {
		return
	}
	text := err.Error()
	switch {
	case timedOut(err):
		t.Problem, t.Notes = "the server began to answer and stopped", append(t.Notes, evidence.NoteStalled)
	case isReset(err) || ended(err):
		t.Problem, t.Notes = "the connection ended in the middle of the handshake", append(t.Notes, evidence.NoteCutOff)
	case strings.Contains(text, "unsupported protocol version"):
		t.Problem, t.Notes = "the server chose a version older than TLS 1.0", append(t.Notes, evidence.NoteOldVersion)
	case strings.Contains(text, "exceeds maximum"), err == errTooMuch:
		t.Problem, t.Notes = "the server's certificates are larger than clients accept", append(t.Notes, evidence.NoteCertificateTooLarge)
	case strings.Contains(text, "parse certificate"):
		t.Problem, t.Notes = "the server's certificate is malformed", append(t.Notes, evidence.NoteBadCertificate)
	case strings.Contains(text, "keys are insecure"):
		t.Problem, t.Notes = "the server's key is too small for clients to accept", append(t.Notes, evidence.NoteWeakKey)
	case strings.Contains(text, "RSA key larger"), strings.Contains(text, "unsupported type of public key"):
		t.Problem, t.Notes = "the server's key is of a size or kind that this program can't use", append(
			t.Notes,
			evidence.NoteUnsupportedKey,
		)
	default:
		t.Problem = "the server's part of the handshake is not valid TLS"
	}
}

// isText reports whether bytes are what a text protocol says: printable, with line ends, from the
// first byte on. The end of a cut character is forgiven.
func isText(b []byte) bool {
	b = b[:min(len(b), 64)]
	for _, c := range b {
		if c < 0x20 && c != '\r' && c != '\n' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}
