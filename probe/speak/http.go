package speak

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"whyport/probe/evidence"
)

const (
	maxPage   = 64 << 10 // bytes of a page that are searched for a block page's marks
	maxHeader = 1024     // bytes of a header field that are kept
)

// paged is what came of a request: an answer, words that are none, or an error.
type paged struct {
	answer *http.Response
	said   []byte // the first words of what is not HTTP
	err    error  // nothing came
	after  time.Duration
}

// request says one request, for a page of a host; "" is HTTP/1.0's, without one.
func (a *asker) request(conn net.Conn, method, path, host string) (out paged) {
	began := time.Now()
	defer func() { out.after = time.Since(began) }()
	if session, ok := conn.(*tls.Conn); ok && session.ConnectionState().NegotiatedProtocol == "h2" {
		out.answer, out.err = requestH2(a.ctx, session, method, path, host)
		return out
	}
	ask := method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: whyport\r\nAccept: */*\r\n\r\n"
	if host == "" {
		ask = method + " " + path + " HTTP/1.0\r\n\r\n"
	}
	if _, out.err = io.WriteString(conn, ask); out.err != nil {
		return out
	}
	in := bufio.NewReaderSize(conn, bannerBytes)
	start, err := in.Peek(5)
	if len(start) == 0 {
		out.err = err
		return out
	}
	if start[0] == tlsAlert && len(start) > 1 && start[1] == 3 { // a server of TLS does not take it for a request
		out.err = io.ErrUnexpectedEOF
		return out
	}
	if string(start) == "HTTP/" {
		if out.answer, err = http.ReadResponse(in, &http.Request{Method: method}); err == nil {
			return out
		}
	}
	out.said, _ = in.Peek(in.Buffered())
	if len(out.said) == 0 {
		out.said = start
	}
	return out
}

// requestH2 says it in HTTP/2, on a session that agreed to that; there is room for one request.
func requestH2(ctx context.Context, session *tls.Conn, method, path, host string) (*http.Response, error) {
	used := false
	transport := &http.Transport{
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) {
			if used {
				return nil, errors.New("the session is used up")
			}
			used = true
			return session, nil
		},
		ForceAttemptHTTP2: true, DisableCompression: true, MaxResponseHeaderBytes: maxPage,
	}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, method, "https://"+host+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "whyport")
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return nil, sessionError(session, err)
	}
	answer.Request = &http.Request{Method: method}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	answer.Close = true
	return answer, nil
}

// sessionError is why a session ended, where it says so: an error of HTTP/2 ("client conn could not be established") may hide
// the alert that came first, which crypto/tls keeps for every later Read.
func sessionError(session *tls.Conn, err error) error {
	_ = session.SetReadDeadline(time.Unix(1, 0))
	if _, own := session.Read(make([]byte, 1)); own != nil && !timedOut(own) {
		return own
	}
	return err
}

// hostOf is the host of requests to a name, "" for the address, with the port where that is not the scheme's own (RFC 9110
// section 7.2; proxies on the way go by it).
func (a *asker) hostOf(name string, inside bool) string {
	if name == "" {
		name = a.To.Addr().WithZone("").String()
		if a.To.Addr().Is6() {
			name = "[" + name + "]"
		}
	}
	usual := uint16(80)
	if inside {
		usual = 443
	}
	if port := a.To.Port(); port != usual {
		name += ":" + strconv.Itoa(int(port))
	}
	return name
}

// page asks for the headers, and for the page itself where it may be a device's block page: on the same connection if the
// server keeps it, otherwise on another.
func (a *asker) page(conn net.Conn, another func() net.Conn) paged {
	_, inside := conn.(*tls.Conn)
	host := a.hostOf(a.ServerName, inside)
	method := http.MethodHead
	if a.s.TLS != nil && a.s.TLS.ClientCert {
		method = http.MethodGet // whether it wants the certificate stands in the page
	}
	got := a.request(conn, method, rootPath, host)
	if got.answer != nil {
		a.followed(got, conn, host, another)
	}
	return got
}

// followed keeps the answer to a request, and gets the page behind that to HEAD where it may tell more: on another connection
// only where devices give such answers.
func (a *asker) followed(got paged, conn net.Conn, host string, another func() net.Conn) {
	a.headed(got)
	if got.answer.Request.Method == http.MethodGet {
		a.whole(got, conn, host, another)
		return
	}
	_ = got.answer.Body.Close()
	a.product(rootPath, got.answer, nil)
	suspicious := a.suspicious(got.answer.StatusCode)
	if a.s.HTTP.BlockPage != "" || !suspicious && (got.answer.Close || !short(got.answer)) {
		a.whichProduct(got, conn, host, another)
		return
	}
	var whole paged
	if !got.answer.Close {
		whole = a.request(conn, http.MethodGet, rootPath, host)
	}
	if whole.answer == nil && suspicious { // closed, announced or not
		c := another()
		if c == nil {
			return
		}
		defer func() { _ = c.Close() }()
		conn, whole = c, a.request(c, http.MethodGet, rootPath, host)
	}
	if whole.answer != nil {
		a.whole(whole, conn, host, another)
	}
}

// whole reads the page of an answer to GET.
func (a *asker) whole(got paged, conn net.Conn, host string, another func() net.Conn) {
	if text := a.body(got.answer, conn); !a.product(rootPath, got.answer, text) && a.s.HTTP.BlockPage == "" {
		a.whichProduct(got, conn, host, another)
	}
}

// short reports an answer to HEAD behind which a page may stand that does nothing but send browsers on.
func short(answer *http.Response) bool {
	const most = 4096
	kind := answer.Header.Get("Content-Type")
	return answer.StatusCode == http.StatusOK && answer.ContentLength <= most && (kind == "" || strings.HasPrefix(kind, "text/html"))
}

// headed keeps the head of an answer to a well-formed request.
func (a *asker) headed(got paged) {
	answer := got.answer
	a.s.HTTP = facts(answer)
	a.s.HTTP.After = got.after
	a.sendsOn(answer, nil)
	a.s.Identified = "http"
	if a.s.TLS.Completed() {
		a.s.Identified = "https"
	}
	if server := answer.Header.Get("Server"); server != "" {
		a.s.Product = cut(server, maxName)
	}
	if answer.StatusCode == http.StatusBadRequest {
		a.s.Notes = note(a.s.Notes, evidence.NoteBadRequest)
	}
}

// suspicious reports whether an answer is one that devices in the way give, too: an error that the
// server itself seldom has at "/", or HTTP where another protocol lives.
func (a *asker) suspicious(status int) bool {
	switch status {
	case 403, 407, 451, 502, 503, 511:
		return true
	}
	return a.usual.Usual != "" && !a.usual.Pages || a.s.TLS.Completed() && (a.s.TLS.Inspection != nil || a.strange())
}

// unrequested keeps an answer to a request that is not HTTP.
func (a *asker) unrequested(said []byte) {
	if a.s.Banner == nil {
		a.banner(said, len(said), time.Since(a.start))
	}
	if bytes.HasPrefix(said, []byte(http.MethodGet+" / HTTP/1.")) || bytes.HasPrefix(said, []byte(http.MethodHead+" / HTTP/1.")) {
		a.s.Identified, a.s.Banner.Provoked = "echo", true // our own request
		return
	}
	a.s.Banner.Provoked = provoked(a.identify(said))
}

// facts are the header fields that tell who answered.
func facts(answer *http.Response) *evidence.HTTP {
	return &evidence.HTTP{
		Status: answer.StatusCode, Server: cut(answer.Header.Get("Server"), maxHeader),
		Location: cut(answer.Header.Get("Location"), maxHeader), Via: cut(answer.Header.Get("Via"), maxHeader),
		BlockPage: blockPage(answer.Header, answer.StatusCode, nil), Gateway: gateway(answer.Header, answer.StatusCode, nil),
	}
}

// Page is what an HTTP answer with this body tells of its sender; body may be nil.
func Page(answer *http.Response, body []byte) *evidence.HTTP {
	out := facts(answer)
	out.BlockPage = blockPage(answer.Header, answer.StatusCode, body)
	out.Gateway = gateway(answer.Header, answer.StatusCode, body)
	return out
}

// statusOf is the head of an HTTP answer that came to something that was no HTTP request; nil where
// it can't be read.
func statusOf(said []byte) *evidence.HTTP {
	in := bufio.NewReader(bytes.NewReader(said))
	answer, err := http.ReadResponse(in, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	return Page(answer, body)
}
