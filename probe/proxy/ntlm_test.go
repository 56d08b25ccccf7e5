package proxy

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	//lint:ignore SA1019 NTLM's hash of a password (MS-NLMP, 3.3.1)
	"golang.org/x/crypto/md4"

	"whyport/probe/evidence"
)

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// field is what a security buffer of a message at an offset points to (MS-NLMP, 2.2.1.3).
func field(m []byte, at int) []byte {
	n, from := int(binary.LittleEndian.Uint16(m[at:])), int(binary.LittleEndian.Uint32(m[at+4:]))
	if from+n > len(m) {
		return nil
	}
	return m[from : from+n]
}

// challenge is a CHALLENGE_MESSAGE (MS-NLMP, 2.2.1.2) of the domain OFFICE.
func challenge(nonce []byte, flags uint32) []byte {
	name := wide("OFFICE")
	info := append([]byte{2, 0, byte(len(name)), 0}, name...) // MsvAvNbDomainName
	info = append(info, 0, 0, 0, 0)
	m := append([]byte("NTLMSSP\x00"), 2, 0, 0, 0)
	m = binary.LittleEndian.AppendUint16(m, uint16(len(name)))
	m = binary.LittleEndian.AppendUint16(m, uint16(len(name)))
	m = binary.LittleEndian.AppendUint32(m, 48)
	m = binary.LittleEndian.AppendUint32(m, flags)
	m = append(append(m, nonce...), make([]byte, 8)...)
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = binary.LittleEndian.AppendUint16(m, uint16(len(info)))
	m = binary.LittleEndian.AppendUint32(m, uint32(48+len(name)))
	return append(append(m, name...), info...)
}

// proves checks an AUTHENTICATE_MESSAGE by NTLMv2 (MS-NLMP, 3.3.2), on its own.
func proves(m, nonce []byte, domain, user, password string) bool {
	if !bytes.HasPrefix(m, []byte("NTLMSSP\x00\x03\x00\x00\x00")) || len(m) < 64 {
		return false
	}
	answer := field(m, 20)
	if !bytes.Equal(field(m, 28), wide(domain)) || !bytes.Equal(field(m, 36), wide(user)) || len(answer) < 44 {
		return false
	}
	hash := md4.New()
	hash.Write(wide(password))
	key := hmac.New(md5.New, hash.Sum(nil))
	key.Write(wide(strings.ToUpper(user) + domain))
	proof := hmac.New(md5.New, key.Sum(nil))
	proof.Write(nonce)
	proof.Write(answer[16:])
	return hmac.Equal(proof.Sum(nil), answer[:16])
}

// windowsProxy is a proxy that lets in who logs in as OFFICE\alice with "sesame" by NTLM, in these schemes. It counts the logins.
func windowsProxy(t *testing.T, flags uint32, logins *atomic.Int32, schemes ...string) string {
	offer := ""
	for _, s := range schemes {
		offer += "Proxy-Authenticate: " + s + "\r\n"
	}
	return said(t, func(c net.Conn) {
		in, nonce := bufio.NewReader(c), []byte("12345678")
		refuse := func(header, page string) {
			fmt.Fprintf(c, "HTTP/1.1 407 Proxy Authentication Required\r\n%sContent-Length: %d\r\n\r\n%s", header, len(page), page)
		}
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			scheme, text, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
			m, _ := base64.StdEncoding.DecodeString(text)
			switch {
			case len(m) < 12 || scheme == "Basic":
				if scheme == "Basic" {
					logins.Add(1)
				}
				refuse(offer, "who are you?")
			case m[8] == 1:
				refuse("Proxy-Authenticate: "+scheme+" "+base64.StdEncoding.EncodeToString(challenge(nonce, flags))+"\r\n", "prove it")
			case proves(m, nonce, "OFFICE", "alice", "sesame"):
				logins.Add(1)
				io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nSSH-2.0-behind\r\n")
				return
			default:
				logins.Add(1)
				refuse(offer, "not "+text)
			}
		}
	})
}

// usual flags of a challenge: unicode, NTLM, extended session security, target info (MS-NLMP, 2.2.2.5).
const usual = 0x00000001 | 0x00000200 | 0x00080000 | 0x00800000 | 0x00000004

// TestNTLM: a proxy that checks the messages lets the right login in, by either scheme, and is told a wrong one once.
func TestNTLM(t *testing.T) {
	for name, c := range map[string]struct {
		schemes         []string
		flags           uint32
		login, password string
		want            evidence.ProxyOutcome
		sent            string
		logins          int32
	}{
		"NTLM":                   {[]string{"NTLM"}, usual, `OFFICE\alice`, "sesame", evidence.ProxyConnected, "NTLM", 1},
		"Negotiate":              {[]string{"Negotiate"}, usual, `OFFICE\alice`, "sesame", evidence.ProxyConnected, "Negotiate", 1},
		"both":                   {[]string{"Negotiate", "NTLM"}, usual, `OFFICE\alice`, "sesame", evidence.ProxyConnected, "NTLM", 1},
		"Basic is offered, too":  {[]string{"NTLM", `Basic realm="x"`}, usual, `OFFICE\alice`, "sesame", evidence.ProxyConnected, "NTLM", 1},
		"wrong password":         {[]string{"NTLM", `Basic realm="x"`}, usual, `OFFICE\alice`, "mellon", evidence.ProxyRefused, "NTLM", 1},
		"wrong domain":           {[]string{"NTLM"}, usual, `HOME\alice`, "sesame", evidence.ProxyRefused, "NTLM", 1},
		"no domain":              {[]string{"NTLM", `Basic realm="x"`}, usual, "alice", "sesame", evidence.ProxyRefused, "Basic", 1},
		"key exchange is wanted": {[]string{"NTLM"}, usual | 0x40000000, `OFFICE\alice`, "sesame", evidence.ProxyRefused, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logins atomic.Int32
			seen, line := ask(t, "http://"+windowsProxy(t, c.flags, &logins, c.schemes...), "192.0.2.1", 22, login(c.login, c.password))
			if seen.Outcome != c.want || seen.Sent != c.sent || logins.Load() != c.logins || (line == "SSH-2.0-behind") != (c.want == evidence.ProxyConnected) {
				t.Errorf("%+v, %q, %d logins", seen, line, logins.Load())
			}
			if seen.HTTP == nil || seen.Outcome == evidence.ProxyRefused && len(seen.Auth) != len(c.schemes) {
				t.Errorf("%+v", seen)
			}
		})
	}
}

// TestNTLMHidden: what a proxy repeats of the login's proof gets into no evidence.
func TestNTLMHidden(t *testing.T) {
	var proof atomic.Value
	at := said(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, text, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
			m, _ := base64.StdEncoding.DecodeString(text)
			header, page := "Proxy-Authenticate: NTLM\r\n", ""
			if len(m) > 8 && m[8] == 1 {
				header = "Proxy-Authenticate: NTLM " + base64.StdEncoding.EncodeToString(challenge([]byte("12345678"), usual)) + "\r\n"
			} else if len(m) > 8 {
				proof.Store(text)
				page = "<title>" + text + "</title>"
				header += "Server: " + text + "\r\n"
			}
			fmt.Fprintf(c, "HTTP/1.1 407 No %s\r\n%sContent-Length: %d\r\n\r\n%s", strings.TrimSuffix(page, "</title>"), header, len(page), page)
		}
	})
	seen, _ := ask(t, "http://"+at, "192.0.2.1", 22, login(`OFFICE\alice`, "sesame"))
	text, _ := proof.Load().(string)
	if all := fmt.Sprintf("%+v %+v", seen, seen.HTTP); len(text) < 40 || strings.Contains(all, text[:40]) || seen.Sent != "NTLM" {
		t.Errorf("%s in %s", text, all)
	}
}
