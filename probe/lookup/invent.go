package lookup

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"

	"whyport/probe/evidence"
)

// nobodys is a domain without names (RFC 6761, 6.5: a server looks names in it up as any others, and the root has none).
const nobodys = "example"

// invention is a question about a name that nobody has, put once in a run: a server that has an address for it makes
// answers up.
type invention struct {
	done   chan struct{}
	answer evidence.NameAnswer // once done
}

// invent asks a server for an invented name within a domain.
func (l *Lookup) invent(ctx context.Context, server netip.AddrPort, domain string) *invention {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := plain(domain)
	if v := l.invented[key]; v != nil {
		return v
	}
	v := &invention{done: make(chan struct{})}
	l.invented[key] = v
	name := "whyport-" + strings.ToLower(rand.Text()[:12]) + "." + key
	ctx = context.WithoutCancel(ctx) // it is the whole run's, and ends by itself
	go func() {
		defer close(v.done)
		v.answer = l.ask(ctx, server, name, evidence.IPv4)
		if v.answer.Says("NOERROR") {
			v.answer = l.ask(ctx, server, name, evidence.IPv6)
		}
	}()
	return v
}

// await waits for the answer, but no longer than ctx lasts.
func (v *invention) await(ctx context.Context) {
	select {
	case <-v.done:
	case <-ctx.Done():
	}
}

// tell puts what is known by now into a resolution.
func (v *invention) tell(r *evidence.Resolution) {
	select {
	case <-v.done:
		r.Invented = append(r.Invented, v.answer)
	default:
	}
}

// doubt asks for a name that nobody has beside one whose answer looks made up: an address that means nothing in public, or
// one that is known only with a search domain appended.
func (l *Lookup) doubt(ctx context.Context, r *evidence.Resolution) {
	if r.HostsFile || len(r.Asked) == 0 || len(r.Addresses) == 0 {
		return
	}
	name := r.FoundAs()
	if name == "" && confined(r) {
		name = r.Name
	}
	if _, domain, ok := strings.Cut(name, "."); ok && ctx.Err() == nil && plain(domain) != nobodys {
		v := l.invent(ctx, r.Asked[0].Server, domain)
		v.await(ctx)
		v.tell(r)
	}
}
