// Package mailhosts finds the servers of an e-mail address's domain as mail programs do: by SRV records (RFC 6186, RFC 8314), else by
// the names that are usual, else by the servers that take the domain's mail (MX).
package mailhosts

import (
	"context"
	"errors"
	"net"
	"strings"
)

// Resolver is what is asked; *net.Resolver does.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupHost(ctx context.Context, name string) ([]string, error)
}

// Server is one port of one server.
type Server struct {
	Host string
	Port uint16
	TLS  bool // from the first byte; otherwise after an upgrade (STARTTLS)
}

// Servers of a domain, the preferred first.
type Servers struct {
	Send    []Server // what a program sends mail by
	Receive []Server // and reads it by
	Arrive  []Server // where the domain's mail arrives: port 25, which most networks let no program use
	Setup   []string // names by which programs find their settings (autoconfig, autodiscover)
}

// ErrNone: the domain has no mail.
var ErrNone = errors.New("no mail server is published for the domain")

// most is how many servers of a kind are kept.
const most = 4

// Find asks name servers. An error other than ErrNone means that none answered.
func Find(ctx context.Context, r Resolver, domain string) (out Servers, err error) {
	for _, s := range []struct {
		name string
		tls  bool
		into *[]Server
	}{
		{"submissions", true, &out.Send}, {"submission", false, &out.Send},
		{"imaps", true, &out.Receive}, {"imap", false, &out.Receive}, {"pop3s", true, &out.Receive}, {"pop3", false, &out.Receive},
	} {
		_, found, failed := r.LookupSRV(ctx, s.name, "tcp", domain)
		err = worse(err, failed)
		for _, srv := range found[:min(len(found), most)] {
			if host := strings.TrimSuffix(srv.Target, "."); host != "" && srv.Port != 0 { // "." means: decidedly not here (RFC 6186, 3.4)
				*s.into = append(*s.into, Server{host, srv.Port, s.tls})
			}
		}
	}
	mx, failed := r.LookupMX(ctx, domain)
	err = worse(err, failed)
	for _, m := range mx[:min(len(mx), most)] {
		if host := strings.TrimSuffix(m.Host, "."); host != "" { // "." means: takes none (RFC 7505)
			out.Arrive = append(out.Arrive, Server{host, 25, false})
		}
	}
	if len(out.Send) == 0 {
		for _, host := range usual(ctx, r, domain, out.Arrive, "smtp", "mail") {
			out.Send = append(out.Send, Server{host, 465, true}, Server{host, 587, false})
		}
	}
	if len(out.Receive) == 0 {
		for _, host := range usual(ctx, r, domain, out.Arrive, "imap", "mail") {
			out.Receive = append(out.Receive, Server{host, 993, true}, Server{host, 143, false})
		}
	}
	for _, name := range []string{"autoconfig", "autodiscover"} {
		if host := name + "." + domain; exists(ctx, r, host) {
			out.Setup = append(out.Setup, host)
		}
	}
	if len(out.Send)+len(out.Receive)+len(out.Arrive) > 0 {
		return out, nil
	}
	if err == nil {
		err = ErrNone
	}
	return out, err
}

// usual is the first of the usual names that exists, else the server that takes the mail.
func usual(ctx context.Context, r Resolver, domain string, arrive []Server, names ...string) []string {
	for _, name := range names {
		if host := name + "." + domain; exists(ctx, r, host) {
			return []string{host}
		}
	}
	if len(arrive) > 0 {
		return []string{arrive[0].Host}
	}
	return nil
}

func exists(ctx context.Context, r Resolver, host string) bool {
	all, err := r.LookupHost(ctx, host)
	return err == nil && len(all) > 0
}

// worse keeps an error that is no "there is none".
func worse(have, err error) error {
	if e, is := errors.AsType[*net.DNSError](err); have != nil || err == nil || is && e.IsNotFound {
		return have
	}
	return err
}
