package listen

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"whyport/probe/farend"
)

// Bounds of a request's head.
const (
	maxHead  = 24 << 10
	maxLines = 40
)

// web reports the beginning of a request.
func web(r *bufio.Reader) bool {
	for _, method := range []string{"GET ", "HEAD "} {
		if begin, _ := r.Peek(len(method)); string(begin) == method {
			return true
		}
	}
	return false
}

// serveWeb answers a request: with a page, or to a client with the token with what arrived of it.
func (l *Listener) serveWeb(ctx context.Context, g *guest) {
	lines, ok := readHead(g.reader)
	if !ok {
		l.arrived(g, SaidHTTP)
		return
	}
	body, kind := "whyport listen: this port can be reached.\n", "text/plain; charset=utf-8"
	q := l.questionIn(lines)
	if q == nil {
		l.arrived(g, SaidHTTP)
	} else {
		l.arrived(g, SaidToken)
		q.Has = false
		a := l.answer(ctx, q, g.port(), g.source, g.local)
		for _, line := range lines {
			if !strings.HasPrefix(strings.ToLower(line), farend.Header) {
				a.Head = append(a.Head, line[:min(len(line), 200)])
			}
		}
		body = base64.StdEncoding.EncodeToString(l.options.Token.Answer(a, q.Nonce))
	}
	var page bytes.Buffer
	fmt.Fprintf(&page, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\n"+
		"Connection: close\r\n\r\n", kind, len(body))
	if !strings.HasPrefix(lines[0], "HEAD ") {
		page.WriteString(body)
	}
	g.conn.Write(page.Bytes())
}

// readHead reads the lines of a request's head; false where it is none, or too long.
func readHead(r *bufio.Reader) (lines []string, ok bool) {
	for size := 0; size < maxHead && len(lines) < maxLines; {
		line, err := readLine(r, maxHead-size)
		size += len(line)
		if err != nil {
			return nil, false
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return lines, len(lines) > 0
		}
		lines = append(lines, line)
	}
	return nil, false
}

// readLine is bounded: bufio's ReadString is not.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('\n')
		if out = append(out, part...); err != bufio.ErrBufferFull || len(out) > limit {
			return string(out), err
		}
	}
}

// questionIn is the question in a request's own header; nil for strangers.
func (l *Listener) questionIn(lines []string) *farend.Question {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ":")
		if strings.ToLower(name)+":" != farend.Header {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			return nil
		}
		if q, err := l.options.Token.ReadQuestion(bytes.NewReader(raw)); err == nil && l.nonces.fresh(q.Nonce) {
			return q
		}
		return nil
	}
	return nil
}
