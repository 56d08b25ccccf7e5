package simnet

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"whyport/probe/evidence"
)

// kindsOfService are what can listen on a port.
//
//	greet TEXT   says a line first, then waits until the client closes
//	hold         says nothing until the client closes
//	echo         sends back what it gets
//	http CODE    answers requests, and what is none with a 400
//	hangup       ends the connection after the first words, in order
//	close        ends the connection at once, in order
//	reset        resets it at once
//	cut          resets it right behind the SYN-ACK, before the client can use it
//	silent       does not even accept: SYNs are dropped, as by a full backlog
var kindsOfService = []string{"greet", "hold", "echo", "http", "hangup", "close", "reset", "cut", "silent"}

// Listen puts a server of the test's own on a TCP port of the last hop; it is called anew for each connection, which is closed when
// it returns.
func (n *Network) Listen(port uint16, play func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last := n.hops[len(n.hops)-1][0]
	last.services = append(last.services, &service{protocol: evidence.TCP, ports: spans{{port, port}}, kind: "play", play: play})
}

// serve speaks on an accepted connection and closes it.
func (s *service) serve(c *conn) {
	switch s.kind {
	case "greet":
		io.WriteString(c, s.text+"\r\n")
		io.Copy(io.Discard, c)
	case "hold":
		io.Copy(io.Discard, c)
	case "echo":
		io.Copy(c, c)
	case "hangup":
		c.Read(make([]byte, 1<<14))
	case "http":
		s.http(c)
	case "play":
		s.play(c)
	case "reset":
		c.SetLinger(0)
	}
	c.Close()
}

// http answers one request after the other.
func (s *service) http(c net.Conn) {
	code, text := 200, "OK"
	fmt.Sscan(s.text, &code)
	if rest := strings.SplitN(s.text, " ", 2); len(rest) == 2 {
		text = rest[1]
	}
	for r := bufio.NewReader(c); ; {
		var request *http.Request
		first, err := r.Peek(1)
		if err != nil {
			return
		}
		if first[0] >= 'A' && first[0] <= 'Z' {
			request, err = http.ReadRequest(r)
		}
		if request == nil || err != nil {
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", code, text)
		if request.Close {
			return
		}
	}
}
