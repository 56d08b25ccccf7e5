package probe

import (
	"context"
	"iter"
	"net/netip"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
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
		resolution := r.lookUp(ctx, target)
		t.resolved(name, resolution)
		if verdict.NothingToTest(&resolution) {
			for _, c := range members {
				r.deliver(t, unresolved(c, target.Candidates[c], &resolution), nil)
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

// unresolved is the result of a port whose target has no address to test.
func unresolved(candidate int, c Candidate, r *evidence.Resolution) Result {
	return Result{
		Candidate: candidate,
		Port:      evidence.Port{Port: c.Port, Protocol: c.Protocol},
		Verdict:   verdict.Unresolved(r),
	}
}

// lookUp looks a target's name up once. All its addresses are returned, in the resolver's order, without those of a family
// that was not asked for, and without those to which nothing is to be sent.
func (r *runner) lookUp(ctx context.Context, t Target) evidence.Resolution {
	if t.Addr.IsValid() {
		return evidence.Resolution{Addresses: []netip.Addr{t.Addr}, Literal: true}
	}
	o := &r.options
	found := r.names.Name(ctx, t.Host, o.Family)
	if found.Problem != "" {
		return found
	}
	found.Addresses = slices.DeleteFunc(found.Addresses, func(a netip.Addr) bool {
		return o.Family == 4 && !a.Is4() || o.Family == 6 && a.Is4()
	})
	if len(found.Addresses) == 0 {
		found.Problem = evidence.LookupNoAddress
	}
	found.Addresses = slices.DeleteFunc(found.Addresses, func(a netip.Addr) bool {
		if verdict.Sinkhole(&found, a) {
			found.Withheld = append(found.Withheld, a)
			return true
		}
		return false
	})
	if o.FirstAddress && len(found.Addresses) > 1 {
		found.Addresses = found.Addresses[:1]
	}
	return found
}
