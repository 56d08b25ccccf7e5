// Package auto chooses proxies as this computer is set: by PAC files and by the system's settings.
package auto

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"whyport/probe/proxy"
	"whyport/probe/proxy/pac"
)

// Script is the choice that a PAC file makes. One that lies elsewhere is read when the first port is asked about; what goes wrong
// is said in place of a proxy. The first proxy of an answer decides; browsers take the next one where it fails.
func Script(ctx context.Context, where string, m *pac.Machine) proxy.Choice {
	from := "the PAC file " + withoutLogin(where)
	script := early(ctx, where)
	return later(func() proxy.Choice {
		s, err := script()
		if err != nil {
			return fails(from, err)
		}
		return chosen(ctx, s, m, from)
	})
}

// read loads and understands a PAC file.
func read(ctx context.Context, where string) (*pac.Script, error) {
	text, err := load(ctx, where)
	if err != nil {
		return nil, err
	}
	return pac.Parse(text)
}

// early reads a PAC file that lies on this computer at once: later this process may be confined. Others it reads when it is called.
func early(ctx context.Context, where string) func() (*pac.Script, error) {
	if where == "" || isURL(where) {
		return func() (*pac.Script, error) { return read(ctx, where) }
	}
	s, err := read(ctx, where)
	return func() (*pac.Script, error) { return s, err }
}

// Check reads a PAC file that lies on this computer; nil where another one is named.
func Check(ctx context.Context, where string) error {
	if isURL(where) {
		return nil
	}
	_, err := read(ctx, where)
	return err
}

// later makes a choice when it is first asked for.
func later(make func() proxy.Choice) proxy.Choice {
	once := sync.OnceValue(make)
	return func(host string, port uint16) (proxy.Server, bool) {
		choose := once()
		if choose == nil {
			return proxy.Server{}, false
		}
		return choose(host, port)
	}
}

func fails(from string, err error) proxy.Choice {
	return proxy.Always(proxy.Server{From: from, Problem: from + " can't be used: " + err.Error()})
}

// chosen asks a script once about each port of a host. This computer itself is reached direct, as browsers do.
func chosen(ctx context.Context, s *pac.Script, m *pac.Machine, from string) proxy.Choice {
	type key struct {
		host string
		port uint16
	}
	type answer struct {
		server proxy.Server
		is     bool
	}
	var asked sync.Map // key -> func() answer
	return func(host string, port uint16) (proxy.Server, bool) {
		if proxy.Local(host) {
			return proxy.Server{}, false
		}
		find := sync.OnceValue(func() answer {
			text, err := s.Find(ctx, m, pac.URL(host, strconv.Itoa(int(port)), proxy.UsuallyHTTP(port)), host)
			if err != nil {
				return answer{proxy.Server{From: from, Problem: from + " can't be used: " + err.Error()}, true}
			}
			server, is := first(text, from)
			return answer{server, is}
		})
		once, _ := asked.LoadOrStore(key{host, port}, find)
		found := once.(func() answer)()
		return found.server, found.is
	}
}

// first is the first way of an answer such as "PROXY proxy.example:3128; SOCKS5 socks.example:1080; DIRECT".
func first(answer, from string) (proxy.Server, bool) {
	way, _, _ := strings.Cut(strings.TrimLeft(answer, "; \t"), ";")
	kind, at, _ := strings.Cut(strings.TrimSpace(way), " ")
	at = strings.TrimSpace(at)
	var scheme string
	switch strings.ToUpper(kind) {
	case "", "DIRECT":
		return proxy.Server{}, false
	case "PROXY", "HTTP":
		scheme = "http"
	case "HTTPS":
		scheme = "https"
	case "SOCKS", "SOCKS4": // version 4, as browsers take it
		scheme = "socks4"
	case "SOCKS5":
		scheme = "socks5h"
	}
	s, err := proxy.Parse(scheme + "://" + at)
	if scheme == "" || err != nil {
		return proxy.Server{From: from, Problem: from + " names a proxy that is not understood: " + strconv.Quote(way)}, true
	}
	s.From = from
	return s, true
}
