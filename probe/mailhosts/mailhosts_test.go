package mailhosts

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
)

// zone is a domain's records, one a word: submission=host:587, mx=host, a=host; a record ! fails.
type zone string

func (z zone) values(key string) (out []string, err error) {
	for _, word := range strings.Fields(string(z)) {
		if value, is := strings.CutPrefix(word, key+"="); is {
			out = append(out, value)
		}
		if word == "!" {
			return nil, &net.DNSError{Err: "time-out", IsTimeout: true}
		}
	}
	if out == nil {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	return out, nil
}

func (z zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	all, err := z.values(service)
	var out []*net.SRV
	for _, v := range all {
		host, port, _ := strings.Cut(v, ":")
		s := &net.SRV{Target: host + "."}
		fmt.Sscan(port, &s.Port)
		out = append(out, s)
	}
	if proto != "tcp" || name != "a.example" {
		err = errors.New("wrong question")
	}
	return "", out, err
}

func (z zone) LookupMX(context.Context, string) (out []*net.MX, err error) {
	all, err := z.values("mx")
	for _, v := range all {
		out = append(out, &net.MX{Host: v + "."})
	}
	return out, err
}

func (z zone) LookupHost(_ context.Context, name string) ([]string, error) {
	return z.values("a:" + name)
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		zone                   zone
		send, receive, arrives string
		setup                  int
		fails                  bool
	}{
		{"submissions=s.example:465 submission=s.example:2587 imaps=i.example:993 pop3s=:0 mx=mx.example", "s.example:465 tls s.example:2587",
			"i.example:993 tls", "mx.example:25", 0, false},
		{"mx=mx.example a:smtp.a.example=192.0.2.1 a:mail.a.example=192.0.2.1 a:autoconfig.a.example=192.0.2.1",
			"smtp.a.example:465 tls smtp.a.example:587", "mail.a.example:993 tls mail.a.example:143", "mx.example:25", 1, false},
		{"mx=mx.example", "mx.example:465 tls mx.example:587", "mx.example:993 tls mx.example:143", "mx.example:25", 0, false},
		{"mx=", "", "", "", 0, true},
		{"", "", "", "", 0, true},
		{"!", "", "", "", 0, true},
	} {
		got, err := Find(t.Context(), c.zone, "a.example")
		if says(got.Send) != c.send || says(got.Receive) != c.receive || says(got.Arrive) != c.arrives || len(got.Setup) != c.setup ||
			(err != nil) != c.fails || c.fails && errors.Is(err, ErrNone) == (c.zone == "!") {
			t.Errorf("%s: %+v, %v", c.zone, got, err)
		}
	}
}

func says(all []Server) string {
	var out []string
	for _, s := range all {
		tls := ""
		if s.TLS {
			tls = " tls"
		}
		out = append(out, fmt.Sprintf("%s:%d%s", s.Host, s.Port, tls))
	}
	return strings.Join(out, " ")
}
