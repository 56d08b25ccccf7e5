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
		direct := r.leave(ctx, t, target, members)
		if len(direct) == 0 && len(members) > 0 {
			continue
		}
		members = direct
		resolution := r.lookUp(ctx, target)
		if n := r.allowed(len(resolution.Addresses), len(members)); n < len(resolution.Addresses) {
			resolution.LeftOut += len(resolution.Addresses) - n
			resolution.Addresses = slices.Clone(resolution.Addresses[:n])
		}
		t.resolved(name, resolution)
		if verdict.NothingToTest(&resolution) {
			for _, c := range members {
				r.beside(ctx, t, address{target: target}, unresolved(c, target.Candidates[c], &resolution), nil)
			}
			continue
		}
		for i, addr := range resolution.Addresses {
			out = append(out, address{target, i, addr, members})
		}
	}
	return out
}

// allowed is how many of a name's addresses may be asked that many ports. A plan counts one address for each name; what MaxPorts
// leaves beside goes to the names that have more, as they are looked up.
func (r *runner) allowed(addresses, ports int) int {
	r.counting.Lock()
	defer r.counting.Unlock()
	n := allowed(addresses, ports, r.options.Addresses, r.spare)
	r.spare -= max(n-1, 0) * ports
	return n
}

func allowed(addresses, ports, limit, spare int) int {
	n := min(addresses, limit)
	if ports > 0 {
		n = min(n, 1+max(spare, 0)/ports)
	}
	return n
}

// spare is how many ports a plan leaves of MaxPorts.
func (p *Plan) spare() int {
	n := MaxPorts
	for i := range p.Targets {
		n -= len(p.Targets[i].Candidates)
	}
	return n
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
	all := len(found.Addresses)
	found.Addresses = slices.DeleteFunc(found.Addresses, func(a netip.Addr) bool {
		return slices.ContainsFunc(o.Exclude, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
	})
	found.LeftOut = all - len(found.Addresses)
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
