// Package lookup finds the addresses of a name, and what name servers say of it. The system's resolver has the first word:
// what it says is what applications get, and what is tested. Beside it the name servers that this computer is set to are
// asked directly, since a resolver keeps to itself why there is no answer, and whether the answer is made up.
package lookup

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
)

const (
	timeout = 10 * time.Second // for the system's resolver
	margin  = 3 * time.Second  // for what is asked directly after that
	// grace is how long the direct answers are waited for where the system's resolver found what it should.
	grace = 300 * time.Millisecond
	// othersAfter: where the system's resolver takes so long, all name servers are asked, not the first one alone.
	othersAfter = time.Second
)

// Lookup looks up the names of one run.
type Lookup struct {
	asker
	system  System
	servers func() ([]netip.AddrPort, []string)
	hosts   func() map[string]bool
	own     string
	compare []Server

	mu       sync.Mutex
	invented map[string]*invention // by domain
}

// New looks names up as the configuration says.
func New(c Config) *Lookup {
	l := &Lookup{asker: asker{c.Dial}, system: c.System, own: plain(c.Hostname), compare: c.Compare, invented: map[string]*invention{}}
	if l.system == nil {
		l.system = net.DefaultResolver
	}
	l.servers = sync.OnceValues(systemServers)
	if c.Servers != nil {
		l.servers = func() ([]netip.AddrPort, []string) { return c.Servers, c.Search }
	}
	file := c.HostsFile
	if file == "" {
		file = systemHosts
	}
	l.hosts = sync.OnceValue(func() map[string]bool { return hostsNames(file) })
	if l.own == "" {
		own, _ := os.Hostname()
		l.own = plain(own)
	}
	return l
}

// Name looks a name up; family is 4, 6, or 0 for both.
func (l *Lookup) Name(ctx context.Context, name string, family int) (r evidence.Resolution) {
	begun := time.Now()
	defer func() { r.Elapsed = time.Since(begun) }()
	r.Name = strings.TrimSuffix(name, ".")
	if under(name, "invalid") { // answered without asking anybody (RFC 6761, 6.4)
		r.Problem = evidence.LookupNotFound
		return r
	}
	r.HostsFile, r.OwnName = l.hosts()[plain(name)], l.isOwn(name)
	ctx, cancel := context.WithTimeout(ctx, timeout+margin)
	defer cancel()
	var asked *questions
	if !r.HostsFile && !r.OwnName && !under(name, "localhost") && !under(name, "local") { // .local is not the name servers' (RFC 6762)
		asked = l.question(ctx, name)
	}
	system, done := context.WithTimeoutCause(ctx, timeout, errTimeout)
	l.word(system, name, family, &r)
	done()
	if asked == nil && r.Problem != "" && ctx.Err() == nil {
		asked = l.question(ctx, name)
	}
	asked.join(&r)
	l.doubt(ctx, &r)
	r.Compared = l.others(ctx, name)
	return r
}

func (l *Lookup) isOwn(name string) bool {
	own, _, _ := strings.Cut(l.own, ".")
	first, _, _ := strings.Cut(plain(name), ".")
	return own != "" && (plain(name) == l.own || first == own)
}

// under reports whether a name is a domain or within it.
func under(name, domain string) bool {
	name = plain(name)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// wanting reports whether what the system's resolver said leaves a question open.
func wanting(r *evidence.Resolution) bool { return r.Problem != "" || r.Silent != "" || confined(r) }

// confined reports whether a name of the public tree leads to an address that has no meaning there.
func confined(r *evidence.Resolution) bool {
	for _, a := range r.Addresses {
		if evidence.Confined(a) {
			return evidence.PublicName(r.Name)
		}
	}
	return false
}
