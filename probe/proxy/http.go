package proxy

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"html"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/speak"
)

// tunnel asks by CONNECT. The login is sent only to a proxy that asks for one, on a connection of its own, and once: a wrong one
// that is repeated locks accounts.
func (a *asking) tunnel(ctx context.Context) net.Conn {
	conn := a.connect(ctx, "")
	if conn == nil && a.seen.HTTP != nil && a.seen.HTTP.Status == http.StatusProxyAuthRequired && a.Server.Login.Given() {
		if scheme := a.windowsScheme(); scheme != "" {
			conn = a.ntlm(ctx, scheme)
		}
		if conn == nil && a.seen.Sent == "" && slices.Contains(a.seen.Auth, "Basic") {
			a.seen.Sent, a.seen.Problem = "Basic", ""
			conn = a.connect(ctx, "Proxy-Authorization: "+a.basic()+"\r\n")
		}
	}
	if conn == nil && a.seen.Outcome == evidence.ProxyRefused && !a.TunnelOnly && UsuallyHTTP(a.Port) {
		a.forward(ctx)
	}
	return conn
}

// basic is RFC 7617's.
func (a *asking) basic() string { return "Basic " + a.Server.Login.encoded() }

// connect is one CONNECT.
func (a *asking) connect(ctx context.Context, header string) net.Conn {
	d := a.dial(ctx)
	if d == nil {
		return nil
	}
	in, answer := a.request(ctx, d, http.MethodConnect, a.connectText(header))
	return a.answered(d, in, answer)
}

// connectText is a CONNECT with one more header, or none.
func (a *asking) connectText(header string) string {
	to := a.seen.Asked
	return "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\nUser-Agent: whyport\r\n" + header + "\r\n"
}

// answered goes on with the connection where the proxy has made it, and notes the refusal otherwise.
func (a *asking) answered(d *dialed, in *bufio.Reader, answer *http.Response) net.Conn {
	if answer == nil {
		d.Close()
		return nil
	}
	a.seen.Line, a.seen.Auth = cut(answer.Status, maxWords), schemes(answer.Header)
	if answer.StatusCode/100 == 2 {
		a.seen.HTTP = speak.Page(answer, nil)
		a.seen.Outcome, a.seen.Problem = evidence.ProxyConnected, ""
		read, _ := in.Peek(in.Buffered())
		return d.release(slices.Clone(read))
	}
	a.fail(evidence.ProxyRefused, "")
	a.refusal(d, answer)
	d.Close()
	return nil
}

// request says one request and reads the head of the answer; nil where that failed, which is noted.
func (a *asking) request(ctx context.Context, d *dialed, method, text string) (*bufio.Reader, *http.Response) {
	if _, err := io.WriteString(d, text); err != nil {
		a.broken(ctx, err)
		return nil, nil
	}
	source := &bounded{r: d}
	in := bufio.NewReader(source)
	for range maxInterim {
		answer, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			a.broken(ctx, cmp.Or(source.err, errGarbled)) // the reader makes of half a line a malformed one
			return nil, nil
		}
		if answer.StatusCode/100 != 1 {
			a.forget(answer)
			return in, answer
		}
	}
	a.fail(evidence.ProxyGarbled, "")
	return nil, nil
}

// forget takes the login out of what a proxy says, which may repeat what it was told.
func (a *asking) forget(answer *http.Response) {
	answer.Status = a.hidden(answer.Status)
	for _, values := range answer.Header {
		for i := range values {
			values[i] = a.hidden(values[i])
		}
	}
}

// hidden is a proxy's text without the login, and without what was made of it.
func (a *asking) hidden(text string) string {
	for _, s := range a.secrets {
		text = strings.ReplaceAll(text, s, a.Server.Login.String())
	}
	return a.Server.Login.hidden(text)
}

// bounded reads at most maxReply bytes, and remembers why it ended.
type bounded struct {
	r   io.Reader
	n   int
	err error
}

var errGarbled = errors.New("not the proxy protocol")

func (b *bounded) Read(p []byte) (int, error) {
	if b.n >= maxReply {
		b.err = errGarbled
		return 0, b.err
	}
	n, err := b.r.Read(p[:min(len(p), maxReply-b.n)])
	b.n, b.err = b.n+n, err
	return n, err
}

// maxInterim answers (1xx) are skipped.
const maxInterim = 5

// pageWait is how long the page that comes with a refusal may take.
const pageWait = 2 * time.Second

// refusal keeps what an answer other than success tells of who sent it and why.
func (a *asking) refusal(d *dialed, answer *http.Response) {
	wait := time.Now().Add(pageWait)
	if wait.Before(a.end) {
		d.SetDeadline(wait)
	}
	page, _ := io.ReadAll(io.LimitReader(answer.Body, maxReply))
	body := []byte(a.hidden(string(page)))
	a.seen.HTTP = speak.Page(answer, body)
	a.seen.Error = cut(answer.Header.Get("X-Squid-Error"), maxWords)
	a.seen.Title, a.seen.Cause = title(body), cause(body)
}

// forward asks for a page through a proxy that makes no tunnel to this port: for plain HTTP none is needed.
func (a *asking) forward(ctx context.Context) {
	before := *a.seen
	d := a.dial(ctx)
	if d != nil {
		header := ""
		if a.seen.Sent == "Basic" {
			header = "Proxy-Authorization: " + a.basic() + "\r\n"
		}
		text := "HEAD http://" + urlHost(a.seen.Asked) + "/ HTTP/1.1\r\nHost: " + urlHost(a.seen.Asked) +
			"\r\nUser-Agent: whyport\r\nAccept: */*\r\nConnection: close\r\n" + header + "\r\n"
		if _, answer := a.request(ctx, d, http.MethodHead, text); answer != nil {
			before.Forward, before.ForwardError = speak.Page(answer, nil), cut(answer.Header.Get("X-Squid-Error"), maxWords)
		}
		d.Close()
	}
	*a.seen = before // the tunnel's end stands
}

// urlHost leaves out the port that http means, as servers expect.
func urlHost(hostport string) string { return strings.TrimSuffix(hostport, ":80") }

// schemes are the ways to log in that an answer offers, each once (RFC 9110, 11.7.1).
func schemes(h http.Header) (out []string) {
	for _, line := range h.Values("Proxy-Authenticate") {
		for _, field := range splitList(line) {
			word, rest, _ := strings.Cut(strings.TrimSpace(field), " ")
			if word == "" || strings.Contains(word, "=") || strings.HasPrefix(strings.TrimSpace(rest), "=") {
				continue // a parameter of the scheme before
			}
			for _, known := range []string{"Basic", "Digest", "NTLM", "Negotiate", "Bearer", "Kerberos"} {
				if strings.EqualFold(word, known) {
					word = known
				}
			}
			if word = cut(word, 40); !slices.Contains(out, word) && len(out) < 8 {
				out = append(out, word)
			}
		}
	}
	return out
}

// splitList splits at commas outside quotes.
func splitList(s string) (out []string) {
	quoted, from := false, 0
	for i := range len(s) {
		switch {
		case s[i] == '"' && (i == 0 || s[i-1] != '\\'):
			quoted = !quoted
		case s[i] == ',' && !quoted:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

var titleOf = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// title of a page, on one line.
func title(body []byte) string {
	m := titleOf.FindSubmatch(body)
	if m == nil {
		return ""
	}
	return cut(strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " "), maxWords)
}

// cause is the system's error that an error page names in the words of strerror, as squid's and tinyproxy's do.
func cause(body []byte) string {
	text := strings.ToLower(string(body))
	for _, c := range [][2]string{
		{"connection refused", "ECONNREFUSED"}, {"connection timed out", "ETIMEDOUT"}, {"no route to host", "EHOSTUNREACH"},
		{"network is unreachable", "ENETUNREACH"}, {"name error", "ENOTFOUND"}, {"could not resolve", "ENOTFOUND"},
	} {
		if strings.Contains(text, c[0]) {
			return c[1]
		}
	}
	return ""
}

const maxWords = 200 // bytes of a title or status line that are kept

// cut shortens foreign text to at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
