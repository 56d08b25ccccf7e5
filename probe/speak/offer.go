package speak

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"whyport/probe/evidence"
)

// A server that refuses all that crypto/tls offers may still take what other programs have. A ClientHello of our own
// offers everything that has a number; the server's choice is read and, up to TLS 1.2 where it is not encrypted, its
// certificate. Nothing is negotiated: the connection ends there.

// chosen is what a server picked from everything.
type chosen struct {
	version, suite, group uint16
	chain                 [][]byte
}

var errNoChoice = errors.New("the answer has no ServerHello")

// choice reads a server's answer to everything: ServerHello, and the certificates where they follow in the open.
func choice(r io.Reader) (got chosen, err error) {
	in, rest := bufio.NewReader(r), []byte(nil)
	for {
		for len(rest) < 4 || len(rest) < 4+int(binary.BigEndian.Uint32(rest)&0xffffff) {
			var head [5]byte
			if _, err = io.ReadFull(in, head[:]); err != nil || head[0] != 22 || len(rest) > maxBytes/2 {
				return got, errors.Join(err, errNoChoice)
			}
			body := make([]byte, binary.BigEndian.Uint16(head[3:]))
			if _, err = io.ReadFull(in, body); err != nil {
				return got, err
			}
			rest = append(rest, body...)
		}
		kind, n := rest[0], 4+int(binary.BigEndian.Uint32(rest)&0xffffff)
		message := cryptobyte.String(rest[4:n])
		rest = rest[n:]
		switch kind {
		case 2:
			if !got.serverHello(message) {
				return got, errNoChoice
			}
			if got.version >= tls.VersionTLS13 {
				return got, nil
			}
		case 11:
			got.certificates(message)
		case 12:
			var curveType uint8 // 3: named (RFC 8422 section 5.4)
			if name, _ := got.name(); strings.Contains(name, "_ECDH") && message.ReadUint8(&curveType) && curveType == 3 {
				message.ReadUint16(&got.group)
			}
			return got, nil
		case 14:
			return got, nil
		}
	}
}

// serverHello: RFC 8446 section 4.1.3, and RFC 5246 section 7.4.1.3 without extensions.
func (c *chosen) serverHello(s cryptobyte.String) bool {
	var session, extensions, body cryptobyte.String
	var compression uint8
	if !s.ReadUint16(&c.version) || !s.Skip(32) || !s.ReadUint8LengthPrefixed(&session) || !s.ReadUint16(&c.suite) ||
		!s.ReadUint8(&compression) {
		return false
	}
	if !s.ReadUint16LengthPrefixed(&extensions) {
		return true
	}
	for !extensions.Empty() {
		var id uint16
		if !extensions.ReadUint16(&id) || !extensions.ReadUint16LengthPrefixed(&body) {
			return false
		}
		if id == 43 && !body.ReadUint16(&c.version) || id == 51 && !body.ReadUint16(&c.group) {
			return false
		}
	}
	return true
}

// certificates of a message before TLS 1.3 (RFC 5246 section 7.4.2).
func (c *chosen) certificates(s cryptobyte.String) {
	var all, one cryptobyte.String
	if !s.ReadUint24LengthPrefixed(&all) {
		return
	}
	for len(c.chain) < maxChainLen && !all.Empty() && all.ReadUint24LengthPrefixed(&one) {
		c.chain = append(c.chain, one)
	}
}

// name is the chosen suite's.
func (c *chosen) name() (name string, ours bool) {
	for _, s := range rareSuites() {
		if s.id == c.suite {
			return s.name, false
		}
	}
	return tls.CipherSuiteName(c.suite), true
}

// needs is what of a choice crypto/tls does not have.
func (c *chosen) needs(chain []*x509.Certificate) string {
	name, ours := c.name()
	for _, g := range tlsGroups() {
		if g.id == c.group && !g.ours {
			return "key exchange with " + g.name
		}
	}
	switch {
	case c.version < tls.VersionTLS10:
		return "a version older than TLS 1.0"
	case !ours:
		return "cipher suite " + name
	case len(chain) > 0:
		return "a certificate with key " + keyName(chain[0]) + ", signed with " + chain[0].SignatureAlgorithm.String()
	case len(c.chain) > 0:
		return "a certificate whose kind of key is rare"
	}
	return "a rare combination with " + name
}

// everyMethod is a handshake with everything on offer, as far as it goes: TLSFailed with NoteUnsupportedMethod where the
// server chose something; nil where it could not be asked.
func (a *asker) everyMethod(first *evidence.TLS) *handshaken {
	c := a.ready(a.ctx, first.StartTLS)
	if c == nil {
		return nil
	}
	defer func() { _ = c.Close() }()
	c.within(a.patience(2*time.Second, 0.5))
	c.mark()
	began := time.Now()
	var got chosen
	_, err := c.Write(everything(first.ServerName))
	if err == nil {
		got, err = choice(c)
	}
	out := &handshaken{tls: evidence.TLS{ServerName: first.ServerName, StartTLS: first.StartTLS, Handshake: time.Since(began)}, err: err}
	if got.suite == 0 {
		said, _, _ := c.heard()
		out.tls.State, out.tls.Alert = failure(err, said)
		return out
	}
	out.chain = parse(got.chain)
	out.tls.State, out.tls.Version, out.tls.Problem = evidence.TLSFailed, tls.VersionName(got.version), got.needs(out.chain)
	out.tls.CipherSuite, _ = got.name()
	out.tls.Notes = []string{evidence.NoteUnsupportedMethod}
	out.tls.Variants = []evidence.TLSVariant{{Kind: "first", State: first.State, Alert: first.Alert, After: first.Handshake}}
	return out
}
