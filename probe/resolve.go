package probe

import (
	"context"
	"errors"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// The problems of a resolution, as in evidence.Resolution.
const (
	problemNotFound    = "not-found"
	problemServer      = "server-failure"
	problemTimeout     = "timeout"
	problemNoAddress   = "no-address"
	problemInterrupted = "interrupted"
)

// address is one address to ask, and what of its target is to be asked there.
type address struct {
	target  Target // under the name that has the address
	index   int    // among the addresses of that name
	addr    netip.Addr
	members []int // candidates
}

// resolve looks up the target's name, and those that a profile names instead of it, and returns the addresses to ask. The
// ports of a name without any are delivered.
func (r *runner) resolve(ctx context.Context, t *TargetRun) (out []address) {
	for name, members := range byHost(t.Target) {
		target := asTarget(t.Target, name)
		direct := r.leave(ctx, t, target, members)
		if len(direct) == 0 && len(members) > 0 {
			continue
		}
		members = direct
		resolution := resolve(ctx, target, r.options)
		if name == "" {
			t.Resolution = resolution
		}
		if resolution.Problem != "" {
			for _, c := range members {
				r.beside(ctx, t, address{target: target}, unresolved(c, target.Candidates[c], resolution.Problem), nil)
			}
			continue
		}
		for i, addr := range resolution.Addresses {
			out = append(out, address{target, i, addr, members})
		}
	}
	return out
}

// byHost groups a target's candidates by the host that they are asked of: "" is the target itself, and comes first.
func byHost(t Target) iter.Seq2[string, []int] {
	members := map[string][]int{}
	names := []string{""}
	for i, c := range t.Candidates {
		if _, known := members[c.Host]; !known && c.Host != "" {
			names = append(names, c.Host)
		}
		members[c.Host] = append(members[c.Host], i)
	}
	return func(yield func(string, []int) bool) {
		for _, name := range names {
			if !yield(name, members[name]) {
				return
			}
		}
	}
}

// asTarget is the target under the name of a profile's host; t itself for "".
func asTarget(t Target, host string) Target {
	if host == "" {
		return t
	}
	t.Host, t.ServerName = host, host
	t.Addr, _ = netip.ParseAddr(host)
	if t.Addr.IsValid() {
		t.ServerName = ""
	}
	return t
}

// unresolved is the result of a port whose target has no address.
func unresolved(candidate int, c Candidate, problem string) Result {
	return Result{
		Candidate: candidate,
		Port:      evidence.Port{Port: c.Port, Protocol: c.Protocol},
		Verdict:   verdict.Unresolved(problem),
	}
}

const resolveTimeout = 10 * time.Second

// Resolve looks a target's name up, for other questions than a run's.
func Resolve(ctx context.Context, t Target, o Options) evidence.Resolution { return resolve(ctx, t, o) }

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
