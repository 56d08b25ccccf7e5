package ask

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/socket"
)

// maxPage bounds what is read of a page.
const maxPage = 64 << 10

// request asks in a request of HTTP, and keeps the lines that it got on the way.
func (a *asker) request(ctx context.Context, p *evidence.Port) {
	conn := a.dial(ctx, socket.Request{}, p.Port)
	if conn == nil {
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	conn.SetDeadline(time.Now().Add(answerWait))
	q := a.question(conn)
	host := a.name
	if host == "" {
		host = q.To.String()
	}
	head := []string{"GET /whyport HTTP/1.1", "Host: " + host, "User-Agent: whyport", "Accept: */*", "Connection: close"}
	frame := base64.StdEncoding.EncodeToString(a.token.Question(q, 0))
	if _, err := fmt.Fprintf(conn, "%s\r\n%s %s\r\n\r\n", strings.Join(head, "\r\n"), farend.Header, frame); err != nil {
		return
	}
	reply, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return
	}
	page, err := io.ReadAll(io.LimitReader(reply.Body, maxPage))
	reply.Body.Close()
	if err != nil {
		return
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(page)))
	if err != nil {
		return
	}
	answer, err := a.token.ReadAnswer(bytes.NewReader(raw), q.Nonce)
	if err != nil {
		return
	}
	for _, line := range answer.Head {
		if !slices.Contains(head, line) {
			farOf(p).Head = append(farOf(p).Head, line)
		}
	}
}
