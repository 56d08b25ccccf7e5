package speak

import (
	"io"
	"net"
	"net/http"
	"strings"

	"whyport/probe/speak/protocol"
)

// rootPath is what is asked for where nothing else is meant.
const rootPath = "/"

// get is a page and its body, on the connection of the answer before if that is kept, otherwise on another.
func (a *asker) get(before paged, conn net.Conn, path, host string, another func() net.Conn) (*http.Response, []byte) {
	var whole paged
	if !before.answer.Close {
		whole = a.request(conn, http.MethodGet, path, host)
	}
	if whole.answer == nil { // closed, announced or not
		c := another()
		if c == nil {
			return nil, nil
		}
		defer func() { _ = c.Close() }()
		whole = a.request(c, http.MethodGet, path, host)
	}
	if whole.answer == nil {
		return nil, nil
	}
	body, _ := io.ReadAll(io.LimitReader(whole.answer.Body, maxPage))
	_ = whole.answer.Body.Close()
	return whole.answer, body
}

// product names what an answer is of.
func (a *asker) product(path string, answer *http.Response, body []byte) bool {
	name := protocol.WebProduct(path, answer.StatusCode, answer.Header, body)
	if name != "" {
		a.s.Product = cut(name, maxName)
	}
	return name != ""
}

// whichProduct asks for one page more where the port is usual for a product that the head does not tell.
func (a *asker) whichProduct(before paged, conn net.Conn, host string, another func() net.Conn) {
	if name := a.s.Product; name != "" && !strings.HasPrefix(name, "Microsoft-HTTPAPI/") && name != "Cowboy" { // what others are made with
		return
	}
	for _, path := range protocol.WebPaths(a.To.Port()) {
		answer, body := a.get(before, conn, path, host, another)
		if answer == nil || a.product(path, answer, body) {
			return
		}
		before = paged{answer: answer}
	}
}
