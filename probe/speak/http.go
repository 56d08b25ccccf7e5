package speak

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"whyport/probe/evidence"
)

const (
	maxPage   = 64 << 10 // bytes of a page that are searched for a block page's marks
	maxHeader = 1024     // bytes of a header field that are kept
)

// askHTTP says HEAD on a plaintext connection. What is not HTTP may show itself by its answer: the
// request is also a line that Redis, memcached or IRC complain about.
func (a *asker) askHTTP(c *recorder) {
	c.within(a.patience(1500*time.Millisecond, 0.5))
	a.page(c, a.plainAgain)
}

// headBeside is askHTTP on a connection of its own. It reports whether anything was recognised.
func (a *asker) headBeside() bool {
	c, err := a.open(a.ctx)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	a.askHTTP(c)
	return a.s.Identified != ""
}

// plainAgain is another connection; nil where there is none to be had.
func (a *asker) plainAgain() net.Conn {
	c, err := a.open(a.ctx)
	if err != nil {
		return nil
	}
	c.within(a.patience(2*time.Second, 0.5))
	return c
}

// page asks for the headers, and for the page itself where it may be a device's block page: on the
// same connection if the server keeps it, otherwise on another.
func (a *asker) page(conn net.Conn, another func() net.Conn) {
	in, answer := a.request(conn, http.MethodHead)
	if answer == nil {
		if in != nil {
			a.unrequested(in)
		}
		return
	}
	_ = answer.Body.Close()
	a.s.HTTP = facts(answer)
	a.identifyHTTP(answer)
	if a.s.HTTP.BlockPage != "" || !a.suspicious(answer.StatusCode) {
		return
	}
	var whole *http.Response
	if !answer.Close {
		_, whole = a.request(conn, http.MethodGet)
	}
	if whole == nil { // closed, announced or not
		c := another()
		if c == nil {
			return
		}
		defer func() { _ = c.Close() }()
		_, whole = a.request(c, http.MethodGet)
	}
	if whole != nil {
		body, _ := io.ReadAll(io.LimitReader(whole.Body, maxPage))
		a.s.HTTP.BlockPage = blockPage(whole.Header, whole.StatusCode, body)
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

// request says one request and reads the head of the answer. Where the answer is not HTTP it is
// nil and the reader has what came; where nothing came both are nil.
func (a *asker) request(conn net.Conn, method string) (*bufio.Reader, *http.Response) {
	host := a.ServerName
	if host == "" {
		host = a.To.Addr().WithZone("").String()
		if a.To.Addr().Is6() {
			host = "[" + host + "]"
		}
	}
	usual := uint16(80)
	if _, inTLS := conn.(*tls.Conn); inTLS {
		usual = 443
	}
	if port := a.To.Port(); port != usual { // RFC 9110 section 7.2; proxies on the way go by it
		host += ":" + strconv.Itoa(int(port))
	}
	ask := method + " / HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: whyport\r\nAccept: */*\r\n\r\n"
	if _, err := io.WriteString(conn, ask); err != nil {
		return nil, nil
	}
	in := bufio.NewReaderSize(conn, bannerBytes)
	start, _ := in.Peek(5)
	if len(start) == 0 {
		return nil, nil
	}
	if string(start) != "HTTP/" {
		return in, nil
	}
	answer, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return in, nil
	}
	return in, answer
}

// unrequested keeps an answer to HEAD that is not HTTP.
func (a *asker) unrequested(in *bufio.Reader) {
	said, _ := in.Peek(in.Buffered())
	if len(said) == 0 {
		return
	}
	if a.s.Banner == nil {
		a.banner(said, len(said), time.Since(a.start))
	}
	a.s.Banner.Provoked = provoked(a.identify(said))
}

// identifyHTTP names the protocol and product of an HTTP answer; inside TLS it is https.
func (a *asker) identifyHTTP(answer *http.Response) {
	a.s.Identified = "http"
	if a.s.TLS.Completed() {
		a.s.Identified = "https"
	}
	if server := answer.Header.Get("Server"); server != "" {
		a.s.Product = cut(server, maxName)
	}
}

// facts are the header fields that tell who answered.
func facts(answer *http.Response) *evidence.HTTP {
	return &evidence.HTTP{
		Status: answer.StatusCode, Server: cut(answer.Header.Get("Server"), maxHeader),
		Location: cut(answer.Header.Get("Location"), maxHeader), Via: cut(answer.Header.Get("Via"), maxHeader),
		BlockPage: blockPage(answer.Header, answer.StatusCode, nil),
	}
}

// Page is what an HTTP answer with this body tells of its sender; body may be nil.
func Page(answer *http.Response, body []byte) *evidence.HTTP {
	out := facts(answer)
	out.BlockPage = blockPage(answer.Header, answer.StatusCode, body)
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
