package local

import (
	"context"
	"os"
	"slices"
	"time"
)

// Request says what is looked for.
type Request struct {
	Query    Query
	Sessions bool // what is connected, too
}

// Facts are what was found.
type Facts struct {
	Hostname      string
	Started       time.Time
	Elapsed       time.Duration
	Query         Query
	All           []Socket // that wait, in order, whether they match or not
	Waiting       []Socket // of All, those that match
	Sessions      []Socket // that match, where they were asked for
	WithSessions  bool
	Interfaces    []Interface
	Outgoing      PortRange // that the system takes for connections that programs begin
	Firewalls     []Firewall
	Interceptors  []Interceptor
	Administrator bool // everything may be seen
	OthersHidden  bool // the system does not even show the sockets of other users to this one
	Interrupted   bool
}

// PortRange is one of ports; the zero value: not known.
type PortRange struct {
	First, Last uint16
	Assumed     bool // the system's usual one, which was not looked up
}

// Has reports a port that is in it.
func (r PortRange) Has(port uint16) bool { return r.Last > 0 && r.First <= port && port <= r.Last }

// Look asks the system. The error says why it tells nothing.
func Look(ctx context.Context, r Request) (*Facts, error) {
	f := &Facts{Started: time.Now(), Query: r.Query, WithSessions: r.Sessions, Administrator: administrator(), Interfaces: interfaces()}
	f.Hostname, _ = os.Hostname()
	all, err := sockets(ctx, r.Sessions)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	f.OthersHidden = othersHidden && !f.Administrator
	for _, s := range all {
		switch {
		case s.State == Waiting:
			f.All = append(f.All, s)
		case r.Query.Matches(&s):
			f.Sessions = append(f.Sessions, s)
		}
	}
	slices.SortStableFunc(f.All, order)
	slices.SortStableFunc(f.Sessions, order)
	for _, s := range f.All {
		if r.Query.Matches(&s) {
			f.Waiting = append(f.Waiting, s)
		}
	}
	f.Outgoing = outgoing(ctx)
	f.Firewalls = firewalls(ctx)
	f.Interceptors = intercepting(f.All, drivers(ctx))
	f.Elapsed, f.Interrupted = time.Since(f.Started), ctx.Err() != nil
	return f, nil
}

// Unseen counts sockets whose program may not be seen.
func (f *Facts) Unseen() (n int) {
	for _, s := range f.Waiting {
		if len(s.Holders) == 0 && !s.Kernel {
			n++
		}
	}
	return n
}

// Hidden reports that there are programs that this user may not see.
func (f *Facts) Hidden() bool {
	return f.OthersHidden || slices.ContainsFunc(f.All, func(s Socket) bool { return len(s.Holders) == 0 && !s.Kernel })
}

// Beside are sockets at a port that is asked for, of the other protocol.
func (f *Facts) Beside() (out []Socket) {
	for _, s := range f.All {
		if slices.ContainsFunc(f.Query.Ports, func(p Port) bool {
			return p.Number == s.Local.Port() && p.Protocol != "" && p.Protocol != s.Protocol
		}) {
			out = append(out, s)
		}
	}
	return out
}

// ForwardsByRules reports that ports are asked for on a system whose kernel can forward them by rules alone.
func (f *Facts) ForwardsByRules() bool {
	return len(f.Query.Ports) > 0 && slices.ContainsFunc(f.Firewalls, func(w Firewall) bool { return w.Name == "nftables" && w.State != Off })
}
