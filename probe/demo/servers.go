package demo

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// patience is how long a server waits for its client; longer than a whole verdict takes.
const patience = 30 * time.Second

// page answers HTTP, and 400 to what is none, as web servers do to a ClientHello on their plain port.
func page(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	line, err := bufio.NewReaderSize(io.LimitReader(conn, 4096), 4096).ReadString('\n')
	status := "200 OK"
	switch {
	case strings.HasPrefix(line, "GET ") || strings.HasPrefix(line, "HEAD "):
	case line == "" && err != nil:
		return
	default:
		status = "400 Bad Request"
	}
	io.WriteString(conn, "HTTP/1.1 "+status+"\r\nServer: whyport-demo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

// greet says what an SSH server says first (RFC 4253, 4.2) and waits.
func greet(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "SSH-2.0-whyport_demo\r\n")
	io.Copy(io.Discard, conn)
}

// listen takes everything and never answers.
func listen(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.Copy(io.Discard, conn)
}

// connections are those to be closed at the end.
type connections struct {
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

// keep reports false, and closes conn, if the end has come already.
func (c *connections) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return false
	}
	if c.open == nil {
		c.open = map[net.Conn]bool{}
	}
	c.open[conn] = true
	return true
}

func (c *connections) forget(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for conn := range c.open {
		conn.Close()
	}
}
