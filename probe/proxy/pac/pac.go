// Package pac evaluates proxy auto-configuration files: scripts whose function FindProxyForURL(url, host) says which proxy leads
// to a host (Netscape, "Navigator Proxy Auto-Config File Format", 1996). It understands the part of ECMAScript that such files
// use, and of what it does not understand it says so, with the line: nothing is guessed. A script reaches nothing of this
// computer but names and the clock, through the functions of the format, and is bounded in size, time and memory.
package pac

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"
)

// Machine is what a script learns of this computer.
type Machine struct {
	LookUp func(ctx context.Context, name string) []netip.Addr
	Own    func() netip.Addr // myIpAddress
	Now    func() time.Time
}

// Script is a file that was understood.
type Script struct{ program stmt }

// ErrSize is for a file that is too large.
var ErrSize = errors.New("the PAC file is larger than 256 KB")

// Parse reads a file; its error names what is not understood.
func Parse(text string) (*Script, error) {
	if len(text) > MaxSize {
		return nil, ErrSize
	}
	program, err := parse(text)
	if err != nil {
		return nil, err
	}
	return &Script{program}, nil
}

// Find is what FindProxyForURL returns: "PROXY proxy.example:3128; DIRECT".
func (s *Script) Find(ctx context.Context, m *Machine, url, host string) (answer string, err error) {
	defer recovered(&err)
	r := &running{ctx: ctx, on: m, end: time.Now().Add(maxTime), asked: map[string][]netip.Addr{}}
	e := &env{names: map[string]any{}, run: r}
	s.program(e)
	f, is := e.names["FindProxyForURL"]
	if !is {
		raise(0, "it has no function FindProxyForURL")
	}
	switch v := e.call(f, []any{url, host}, "FindProxyForURL", 0).(type) {
	case string:
		return v, nil
	case nil, null: // browsers go direct then
		return "DIRECT", nil
	}
	raise(0, "FindProxyForURL returns no text")
	return "", nil
}

// URL is what a script is asked about a port: browsers tell no path. Other ports than those of plain HTTP are reached through a
// tunnel, as with https.
func URL(host string, port string, plain bool) string {
	scheme, usual := "https", "443"
	if plain {
		scheme, usual = "http", "80"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != usual {
		host += ":" + port
	}
	return scheme + "://" + host + "/"
}

// parse reads a whole script.
func parse(src string) (program stmt, err error) {
	defer recovered(&err)
	p := &parser{lexer: lexer{src: src, line: 1}}
	p.advance()
	body := p.list(end, "")
	return body, nil
}
