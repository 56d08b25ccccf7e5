// Package redact replaces what tells who made a report, and where: this computer's names and addresses, its user, the domains
// of its network and the addresses inside of it. What is equal stays equal, so that a report still makes sense.
package redact

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"whyport/probe"
)

// Own is what there is to hide of this computer.
type Own struct {
	Hostname  string
	User      string
	Domains   []string // search domains
	Addresses []netip.Addr
}

// Redactor replaces consistently, for as long as it lives. It may be used by several goroutines.
type Redactor struct {
	mu     sync.Mutex
	names  []name // the longest first
	known  map[string]string
	hidden map[netip.Addr]netip.Addr
	own    map[netip.Addr]bool
	kept   map[netip.Addr]bool
	target bool // the target is hidden, too
	four   int  // placeholders that are given away
	six    int
}

type name struct {
	pattern *regexp.Regexp
	length  int
	instead string
}

// New makes a redactor for a plan; target says that what is tested is hidden, too.
func New(own Own, plan *probe.Plan, target bool) *Redactor {
	r := &Redactor{known: map[string]string{}, hidden: map[netip.Addr]netip.Addr{}, own: map[netip.Addr]bool{},
		kept: map[netip.Addr]bool{}, target: target}
	short, domain, _ := strings.Cut(own.Hostname, ".")
	r.add(own.Hostname, "this-computer")
	r.add(short, "this-computer")
	if !slices.Contains(everywhere(), strings.ToLower(own.User)) {
		r.add(own.User, "this-user")
	}
	for i, d := range append([]string{domain}, own.Domains...) {
		r.add(strings.Trim(d, "."), fmt.Sprintf("domain-%d.invalid", i+1))
	}
	for _, a := range own.Addresses {
		if !a.IsLoopback() {
			r.own[a.Unmap().WithZone("")] = true
		}
	}
	for i := range plan.Targets {
		t := &plan.Targets[i]
		if r.keep(t.Addr); !target {
			continue
		}
		hosts := []string{t.Host, t.ServerName, plan.Options.ServerName}
		for _, c := range t.Candidates {
			hosts = append(hosts, c.Host)
		}
		for _, h := range hosts {
			if _, err := netip.ParseAddr(h); err != nil {
				r.add(strings.TrimSuffix(h, "."), fmt.Sprintf("target-%d.invalid", i+1))
			}
		}
	}
	return r
}

// everywhere are users that every system has: they tell nothing, and sentences have words like them.
func everywhere() []string {
	return []string{"root", "nobody", "admin", "administrator", "user", "guest", "system"}
}

// Computer hides one more computer's name, and its domain.
func (r *Redactor) Computer(hostname, instead string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	short, domain, _ := strings.Cut(hostname, ".")
	r.add(hostname, instead)
	r.add(short, instead)
	r.add(domain, "domain-0.invalid")
}

// Own hides one more address, as this computer's.
func (r *Redactor) Own(a netip.Addr) {
	if a = a.Unmap().WithZone(""); a.IsValid() && !a.IsLoopback() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.own[a] = true
	}
}

// add hides a name wherever it stands as a whole word, in any case.
func (r *Redactor) add(hide, instead string) {
	if hide == "" || r.known[strings.ToLower(hide)] != "" || strings.EqualFold(hide, "localhost") {
		return
	}
	r.known[strings.ToLower(hide)] = instead
	r.names = append(r.names, name{regexp.MustCompile(`(?i)` + regexp.QuoteMeta(hide)), len(hide), instead})
	slices.SortStableFunc(r.names, func(a, b name) int { return cmp.Compare(b.length, a.length) })
}

// keep marks a server's address: it is shown, unless the target is hidden.
func (r *Redactor) keep(a netip.Addr) {
	if a.IsValid() {
		r.kept[a.Unmap().WithZone("")] = true
	}
}

// carrier is the range that providers use inside (RFC 6598).
var carrier = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10)

// inside reports an address that has a meaning only in a network, and so tells of it.
func inside(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() || carrier.Contains(a) }

// Addr is an address, or what stands for it: of ranges that no network uses (RFC 1112, 4: class E; RFC 6666: discard-only).
func (r *Redactor) Addr(a netip.Addr) netip.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	plain := a.Unmap().WithZone("")
	if !plain.IsValid() || plain.IsLoopback() || plain.IsUnspecified() || plain.IsMulticast() {
		return a
	}
	if have, is := r.hidden[plain]; is {
		return have
	}
	if !r.own[plain] && (r.kept[plain] && !r.target || !r.kept[plain] && !inside(plain)) {
		return a
	}
	var out netip.Addr
	if plain.Is4() {
		r.four++
		out = netip.AddrFrom4([4]byte{240, byte(r.four >> 16), byte(r.four >> 8), byte(r.four)})
	} else {
		r.six++
		out = netip.AddrFrom16([16]byte{0: 1, 13: byte(r.six >> 16), 14: byte(r.six >> 8), 15: byte(r.six)})
	}
	r.hidden[plain] = out
	return out
}
