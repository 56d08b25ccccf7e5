package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"

	"whyport/probe/demo"
)

// listen NAME KIND: starts a real server on 127.0.0.1 and puts its port into $NAME. Kinds: http, tls (a
// certificate of its own making), ssh (a greeting), mute, count (for untouched), closed.
func cmdListen(ts *testscript.TestScript, _ bool, args []string) {
	name, kind := args[0], args[1]
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(name, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	switch kind {
	case "http", "tls":
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Listener.Close()
		s.Listener = l
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		if kind == "tls" {
			s.StartTLS()
		} else {
			s.Start()
		}
		ts.Defer(s.Close)
		return
	case "closed": // the client's end of a connection: nothing listens there, and nobody else gets it
		c, err := net.Dial("tcp4", l.Addr().String())
		ts.Check(err)
		ts.Setenv(name, strconv.Itoa(c.LocalAddr().(*net.TCPAddr).Port))
		ts.Defer(func() { c.Close(); l.Close() })
		return
	}
	ts.Defer(func() { l.Close() })
	count := new(atomic.Int32)
	ts.Value("counts").(map[string]*atomic.Int32)[name] = count
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			if kind == "ssh" {
				io.WriteString(c, "SSH-2.0-test_1.0\r\n")
			}
			go func() { io.Copy(io.Discard, c); c.Close() }()
		}
	}()
}

// untouched NAME: nothing connected to the server that listen started as NAME.
func cmdUntouched(ts *testscript.TestScript, neg bool, args []string) {
	n := ts.Value("counts").(map[string]*atomic.Int32)[args[0]].Load()
	if (n == 0) == neg {
		ts.Fatalf("%d connections", n)
	}
}

// demoservers: starts the demo's servers; $OK, $EXPIRED, $CLOSED and $SILENT are ports ($SILENT is empty
// where the system has no silent one).
func cmdDemoServers(ts *testscript.TestScript, _ bool, _ []string) {
	d, err := demo.Start(context.Background())
	ts.Check(err)
	ts.Defer(d.Close)
	for _, p := range d.Ports {
		for word, name := range map[string]string{"in order": "OK", "expired": "EXPIRED", "nothing listens": "CLOSED", "silent": "SILENT"} {
			if strings.Contains(p.Is, word) {
				ts.Setenv(name, strconv.Itoa(int(p.Number)))
			}
		}
	}
}
