package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// The problems of a resolution, as in evidence.Resolution.
const (
	problemNotFound    = "not-found"
	problemServer      = "server-failure"
	problemTimeout     = "timeout"
	problemNoAddress   = "no-address"
	problemInterrupted = "interrupted"
)

const resolveTimeout = 10 * time.Second

// resolve looks a target's name up once. All its addresses are returned, IPv4 first within the
// resolver's order kept, without duplicates and without those of a family that was not asked for.
func resolve(ctx context.Context, t Target, o Options) evidence.Resolution {
	if t.Addr.IsValid() {
		return evidence.Resolution{Addresses: []netip.Addr{t.Addr}, Literal: true}
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, resolveTimeout, errResolveTimeout)
	defer cancel()
	r := lookUp(ctx, t.Host)
	r.Elapsed = time.Since(begin)
	if r.Problem != "" {
		return r
	}
	r.Addresses = slices.DeleteFunc(r.Addresses, func(a netip.Addr) bool {
		return o.Family == 4 && !a.Is4() || o.Family == 6 && a.Is4()
	})
	if o.FirstAddress && len(r.Addresses) > 1 {
		r.Addresses = r.Addresses[:1]
	}
	if len(r.Addresses) == 0 {
		r.Problem = problemNoAddress
	}
	return r
}

var errResolveTimeout = errors.New("name server timeout")

func lookUp(ctx context.Context, host string) (r evidence.Resolution) {
	if neverResolves(host) {
		r.Problem = problemNotFound
		return r
	}
	var resolver net.Resolver
	found, err := resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		r.Problem, r.Server = resolveProblem(ctx, err)
		return r
	}
	for _, a := range found {
		if a = a.Unmap(); !slices.Contains(r.Addresses, a) {
			r.Addresses = append(r.Addresses, a)
		}
	}
	return r
}

// neverResolves answers for names under .invalid without asking a server (RFC 6761, 6.4).
func neverResolves(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "invalid" || strings.HasSuffix(host, ".invalid")
}

func resolveProblem(ctx context.Context, err error) (problem, server string) {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		server = dns.Server
		if dns.IsNotFound {
			return problemNotFound, server
		}
		if dns.IsTimeout && ctx.Err() == nil {
			return problemTimeout, server
		}
	}
	switch {
	case context.Cause(ctx) == errResolveTimeout:
		return problemTimeout, server
	case ctx.Err() != nil:
		return problemInterrupted, server
	default:
		return problemServer, server
	}
}
