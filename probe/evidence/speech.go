package evidence

import (
	"net/netip"
	"slices"
	"time"
)

// Speech is what was said on connections to an open port.
type Speech struct {
	// Asked is what the caller promised of the port: "tls", "starttls", "plain", "ssh" or "" (find out).
	Asked string `json:"asked,omitempty"`
	// Browser is set where a page's address was asked for (https), so that what browsers refuse is of no use.
	Browser bool `json:"browser,omitempty"`
	// Wanted is set where whoever asked wants TLS by its name, not only the port's number: what today's systems refuse is of
	// no use then.
	Wanted bool `json:"wanted,omitempty"`
	// Usual is the protocol that the port's number usually has: "ssh", "https"; "" where it says nothing.
	Usual string `json:"usual,omitempty"`
	// Quickest is the shortest time in which the other side said something: since the connection, or since what was said to
	// it. Whoever passes on what another says takes that one's time, too. 0: nothing came.
	Quickest time.Duration `json:"quickest_ns,omitempty"`
	// Connections counts those made to find out, beside the first.
	Connections int     `json:"connections,omitempty"`
	Banner      *Banner `json:"banner,omitempty"` // what the server said before anything was asked
	TLS         *TLS    `json:"tls,omitempty"`
	HTTP        *HTTP   `json:"http,omitempty"`
	// Identified is the protocol that really answered: "ssh", "http", "smtp"; "" where nothing told.
	Identified string `json:"identified,omitempty"`
	Product    string `json:"product,omitempty"` // as it calls itself: "OpenSSH_9.2p1"
	// Code is the answer's own word for its outcome where that is not plain success: "REFUSED" of DNS.
	Code string `json:"code,omitempty"`
	// Seen is the address that a STUN server sees instead of this computer's: that of a NAT, where the two differ.
	Seen netip.AddrPort `json:"seen,omitzero"`
	// Refers are the addresses, as host:port, that the server sends its clients to, instead of this one.
	Refers []string `json:"refers,omitempty"`
	FTP    *FTP     `json:"ftp,omitempty"` // nil where it is not FTP or was not tried
	// Mute are the conversations, other than handshakes, in which the other side said nothing.
	Mute []Mute `json:"mute,omitempty"`
	// Hosts are requests that were answered where the one with the true host was not.
	Hosts []HostVariant `json:"hosts,omitempty"`
	// Interrupted: given up before its time, without a word from the server.
	Interrupted bool `json:"interrupted,omitempty"`
	// Lossy is set where packets to and from the host got lost: a greeting may have been among them.
	Lossy bool `json:"lossy,omitempty"`
	// Notes are codes of findings beside TLS: one of SpeechNotes.
	Notes   []string      `json:"notes,omitempty"`
	Elapsed time.Duration `json:"elapsed_ns,omitempty"`
}

// SignOfLife reports whether any application data came back.
func (s *Speech) SignOfLife() bool {
	return s != nil && (s.Banner != nil || s.HTTP != nil || s.Identified != "" || s.TLS.Alive())
}

// The ways in which a conversation without an answer ends.
const (
	EndReset  = "reset"
	EndEOF    = "eof"    // closed in order
	EndSilent = "silent" // still open when it was given up
)

// Mute is a conversation in which the other side said nothing.
type Mute struct {
	// Said is what it was to answer: "" nothing, it was listened to; MuteRequest, MuteNeutralHost or MuteNoHost; or a
	// protocol's name for its own question.
	Said   string        `json:"said,omitempty"`
	Inside bool          `json:"inside,omitempty"` // after TLS had been agreed on
	End    string        `json:"end"`              // one of EndReset, EndEOF, EndSilent
	After  time.Duration `json:"after_ns,omitempty"`
}

// What was said to one that is mute, beside protocols.
const (
	MuteRequest     = "http"         // a HTTP request with the true host
	MuteNeutralHost = "neutral-host" // one with a host that is nobody's
	MuteNoHost      = "no-host"      // one with the address
)

// Listened is the conversation in the open that ended although nothing had been said to it; nil where none did.
func (s *Speech) Listened() *Mute { return s.mute("", false, EndReset, EndEOF) }

// Requested is how a request in the open that got no answer ended; nil where none did.
func (s *Speech) Requested() *Mute { return s.mute(MuteRequest, false, EndReset, EndEOF, EndSilent) }

// Unanswered is how the conversation inside TLS ended that the protocol promised; nil where none did.
func (s *Speech) Unanswered() *Mute {
	for i := range s.Mute {
		if s.Mute[i].Inside {
			return &s.Mute[i]
		}
	}
	return nil
}

func (s *Speech) mute(said string, inside bool, ends ...string) *Mute {
	for i := range s.Mute {
		if m := &s.Mute[i]; m.Said == said && m.Inside == inside && slices.Contains(ends, m.End) {
			return m
		}
	}
	return nil
}

// Banner is the server's first words, escaped at the edge, not here.
type Banner struct {
	Bytes     []byte        `json:"bytes"` // at most 512
	Truncated bool          `json:"truncated,omitempty"`
	After     time.Duration `json:"after_ns,omitempty"` // since the connection
	// Provoked is set when it came only after a ClientHello or a request.
	Provoked bool `json:"provoked,omitempty"`
}

// FTP says whether passive data connections get through.
type FTP struct {
	// Passive is "ok", "refused", "no-response" or "failed" of the data connection; "not-tested" with Why.
	Passive string `json:"passive"`
	// Why it could not be tested: "login-required", "no-passive", "excluded", "interrupted", "closed", "no-answer".
	Why  string `json:"why,omitempty"`
	Mode string `json:"mode,omitempty"` // "EPSV" or "PASV"
	Port uint16 `json:"port,omitempty"` // of the data connection
	// Told is the address in the answer to PASV where it is not the one that was connected to
	// (a private address behind NAT); the data connection is never made to it.
	Told string `json:"told,omitempty"`
	// Data is what was found out of a data port that is silent: how far packets to it get. nil: not asked.
	Data *Port `json:"data,omitempty"`
}

// HTTP is the answer to a request for the first page.
type HTTP struct {
	Status int `json:"status"`
	// After is how long the head took since it was asked for; 0: it answered something else.
	After    time.Duration `json:"after_ns,omitempty"`
	Server   string        `json:"server,omitempty"`
	Location string        `json:"location,omitempty"`
	// Refresh is where the page itself sends browsers (meta refresh); Foreign: to another owner's name than was asked for.
	Refresh string `json:"refresh,omitempty"`
	Foreign bool   `json:"foreign,omitempty"`
	Via     string `json:"via,omitempty"`
	// Gateway is who says that the service behind it does not answer (502, 504 and their kind), as it calls itself.
	Gateway string `json:"gateway,omitempty"`
	// BlockPage names the product whose block page or captive portal it is; "" where none was recognised.
	BlockPage string `json:"block_page,omitempty"`
}

// HostVariant is a request for another host, which was answered.
type HostVariant struct {
	Kind   string `json:"kind"` // MuteNeutralHost or MuteNoHost
	Status int    `json:"status"`
}

// TLSState is how a handshake ended; the zero value is "not tried".
type TLSState string

// The ways a handshake ends.
const (
	TLSNotTried   TLSState = ""
	TLSOK         TLSState = "ok"          // completed, and the certificate is what the name asked for
	TLSUntrusted  TLSState = "untrusted"   // completed, but the certificate would be refused; Verification says why
	TLSPlaintext  TLSState = "plaintext"   // the answer to a ClientHello was plain text
	TLSReset      TLSState = "reset"       // RST after the ClientHello
	TLSNoResponse TLSState = "no-response" // nothing came back
	TLSEOF        TLSState = "eof"         // closed in order, without a word
	TLSAlert      TLSState = "alert"       // refused with a TLS alert; Alert names it
	TLSNotTLS     TLSState = "not-tls"     // answered with something that is neither TLS nor text
	TLSFailed     TLSState = "failed"      // answered with TLS, but the handshake could not be completed; Problem and Notes say why
)

// TLS is one handshake, captured whatever the certificate is worth.
type TLS struct {
	State        TLSState      `json:"state"`
	ServerName   string        `json:"server_name,omitempty"` // sent; "" where none was
	Version      string        `json:"version,omitempty"`     // "TLS 1.3"
	CipherSuite  string        `json:"cipher_suite,omitempty"`
	ALPN         string        `json:"alpn,omitempty"`
	StartTLS     string        `json:"starttls,omitempty"`     // protocol that was upgraded: "smtp"; "" where TLS came first
	Alert        string        `json:"alert,omitempty"`        // "handshake_failure", "unrecognized_name"
	Problem      string        `json:"problem,omitempty"`      // short technical note on a failure
	Handshake    time.Duration `json:"handshake_ns,omitempty"` // from ClientHello to the end, also of a failure
	ClientCert   bool          `json:"client_cert,omitempty"`  // the server asked for a client certificate
	Certificate  *Certificate  `json:"certificate,omitempty"`
	ChainLength  int           `json:"chain_length,omitempty"`
	Verification *Verification `json:"verification,omitempty"`
	Inspection   *Inspection   `json:"inspection,omitempty"`
	// Variants are further handshakes that tell a name filter or a size limit from a dead server.
	Variants []TLSVariant `json:"variants,omitempty"`
	// Notes are codes of findings that do not decide, or say why it failed: one of TLSNotes.
	Notes []string `json:"notes,omitempty"`
	OCSP  string   `json:"ocsp,omitempty"` // stapled response: "good", "revoked", "unknown", "stale", "invalid", "unverified"
}

// Alive reports whether the other side said anything at all.
func (t *TLS) Alive() bool {
	if t == nil {
		return false
	}
	switch t.State {
	case TLSOK, TLSUntrusted, TLSPlaintext, TLSAlert, TLSNotTLS, TLSFailed:
		return true
	default:
		return false
	}
}

// Completed reports whether a handshake came to its end.
func (t *TLS) Completed() bool {
	return t != nil && (t.State == TLSOK || t.State == TLSUntrusted)
}

// Shown reports whether the server showed all it has: a handshake that came to its end, or to the client's certificate.
func (t *TLS) Shown() bool { return t.Completed() || t != nil && t.ClientCert }

// TLSVariant is a handshake that differs in one thing.
type TLSVariant struct {
	// Kind: "neutral-name", "no-name", "small-hello", "small-packets", "no-alpn", "repetition", "every-method" (also rare ones that this
	// program can't do); "first" where a later handshake took the place of the first.
	Kind        string        `json:"kind"`
	State       TLSState      `json:"state"`
	After       time.Duration `json:"after_ns,omitempty"` // from ClientHello to the end
	Alert       string        `json:"alert,omitempty"`
	Certificate *Certificate  `json:"certificate,omitempty"` // where it completed
}

// Certificate is the leaf, as sent.
type Certificate struct {
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	DNSNames  []string  `json:"dns_names,omitempty"` // names and addresses, at most 50
	SHA256    string    `json:"sha256"`
	Key       string    `json:"key,omitempty"`       // "RSA 2048", "ECDSA P-256"
	Signature string    `json:"signature,omitempty"` // "SHA256-RSA"
}

// Verification is the certificate judged; a nil pointer is a question that could not be put.
type Verification struct {
	NameOK        *bool `json:"name_ok"` // nil: no name was given to compare with
	TimeOK        *bool `json:"time_ok"`
	SystemTrusted *bool `json:"system_trusted"`
	PublicTrusted *bool `json:"public_trusted"`
	// Error is one of VerificationErrors; "" where nothing is wrong.
	Error string `json:"error,omitempty"`
	// Authority is the issuer at which what was sent of the chain ends; "" where nothing is wrong.
	Authority     string `json:"authority,omitempty"`
	ExpiresInDays *int   `json:"expires_in_days,omitempty"`
}

// Inspection is the evidence that somebody opens TLS on the way.
type Inspection struct {
	By       string `json:"by"`              // issuer or product
	Evidence string `json:"evidence"`        // one of Inspections
	Local    bool   `json:"local,omitempty"` // product known to run on the computer itself (antivirus)
}

// Sure reports whether the evidence says more than that an authority is private.
func (i *Inspection) Sure() bool { return i != nil && i.Evidence != "" && i.Evidence != SystemOnlyRoot }
