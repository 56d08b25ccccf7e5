package proxy

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/go-ntlmssp"
)

// windowsScheme is the way to log in with a Windows account that a proxy offers, if it is to be taken: a name with a domain
// ("OFFICE\user", "user@office.example") is a Windows account, another one is where there is no Basic.
func (a *asking) windowsScheme() string {
	p := a.Server.Login.pair
	if slices.Contains(a.seen.Auth, "Basic") && !strings.ContainsAny(p.name, `\@`) {
		return ""
	}
	for _, scheme := range []string{"NTLM", "Negotiate"} {
		if slices.Contains(a.seen.Auth, scheme) {
			return scheme
		}
	}
	return ""
}

// ntlm asks by CONNECT and logs in by NTLMv2 (MS-NLMP), in its own scheme or in Negotiate's (RFC 4559): three messages on one
// connection. A proxy whose Negotiate takes Kerberos alone sends no challenge; then nothing of the login was sent.
func (a *asking) ntlm(ctx context.Context, scheme string) net.Conn {
	hello, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil // the refusal before stands
	}
	before := *a.seen
	d := a.dial(ctx)
	if d == nil {
		return nil
	}
	in, answer := a.request(ctx, d, http.MethodConnect, a.connectText(authorization(scheme, hello)))
	if answer == nil {
		d.Close()
		return nil
	}
	challenge := challengeOf(answer.Header, scheme)
	if answer.StatusCode != http.StatusProxyAuthRequired || challenge == nil || answer.Close || !drained(in, answer) {
		d.Close()
		*a.seen = before
		a.seen.Problem = scheme + ": the proxy sends no challenge for NTLM"
		return nil
	}
	p := a.Server.Login.pair
	reply, err := ntlmssp.NewAuthenticateMessage(challenge, p.name, p.password, nil)
	if err != nil {
		d.Close()
		*a.seen = before
		a.seen.Problem = scheme + ": " + cut(err.Error(), maxWords)
		return nil
	}
	a.seen.Sent = scheme
	header := authorization(scheme, reply)
	a.secrets = append(a.secrets, base64.StdEncoding.EncodeToString(reply))
	in, answer = a.request(ctx, d, http.MethodConnect, a.connectText(header))
	return a.answered(d, in, answer)
}

func authorization(scheme string, message []byte) string {
	return "Proxy-Authorization: " + scheme + " " + base64.StdEncoding.EncodeToString(message) + "\r\n"
}

// challengeOf is the message that a proxy answers the first one with; nil where there is none.
func challengeOf(h http.Header, scheme string) []byte {
	for _, line := range h.Values("Proxy-Authenticate") {
		word, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.EqualFold(word, scheme) {
			continue
		}
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); err == nil && len(b) > 0 {
			return b
		}
	}
	return nil
}

// drained reads the page of an answer, so that the next one can follow on the connection.
func drained(in *bufio.Reader, answer *http.Response) bool {
	_, err := io.Copy(io.Discard, answer.Body)
	return err == nil && in.Buffered() == 0 && answer.ContentLength >= 0 || err == nil && len(answer.TransferEncoding) > 0
}
