package here

import (
	"context"
	"net/netip"
	"os"
	"sync"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/lookup"
	"whyport/probe/proxy"
	"whyport/probe/proxy/settings"
	"whyport/probe/socket"
)

// Request says what is looked at.
type Request struct {
	Machine Machine
	Network socket.Network // default: the system's
	// Servers are the name servers that are asked whether they answer, Behind those that a server on this computer uses.
	Servers, Behind []netip.AddrPort
	Proxies         []proxy.Set
	PortalURL       string // a page that is fetched; "": none is
	Offline         bool   // nothing is sent
}

// Facts are what was found.
type Facts struct {
	Machine
	Hostname    string
	Started     time.Time
	Elapsed     time.Duration
	Gateways    []Gateway             // of Outside, in its order
	NameServers []evidence.NameAnswer // of Servers, then of Behind
	Behind      int                   // how many of NameServers are used by one on this computer
	Proxies     []proxy.Set
	Portal      *Portal
	Offline     bool
	Interrupted bool
}

// Default asks about this computer as it is set.
func Default(ctx context.Context) Request {
	r := Request{Machine: Read()}
	r.Servers, r.Behind = lookup.Servers()
	r.Proxies = append(proxy.SetUp(os.Getenv), settings.Read(ctx).Sets()...)
	return r
}

// Look asks everything at once.
func Look(ctx context.Context, r Request) *Facts {
	f := &Facts{Machine: r.Machine, Started: time.Now(), Proxies: r.Proxies, Behind: len(r.Behind), Offline: r.Offline}
	f.Hostname, _ = os.Hostname()
	if r.Network == nil {
		r.Network = socket.System{}
	}
	f.Gateways = make([]Gateway, len(f.Outside))
	for i, o := range f.Outside {
		f.Gateways[i].Outlet = o
	}
	if !r.Offline {
		f.ask(ctx, r)
	}
	f.Elapsed, f.Interrupted = time.Since(f.Started), ctx.Err() != nil
	return f
}

func (f *Facts) ask(ctx context.Context, r Request) {
	var asking sync.WaitGroup
	for i, o := range f.Outside {
		asking.Go(func() { f.Gateways[i] = askGateway(ctx, r.Network, o) })
	}
	asking.Go(func() {
		f.NameServers = lookup.Alive(ctx, append(r.Servers[:len(r.Servers):len(r.Servers)], r.Behind...), nil)
	})
	if r.PortalURL != "" {
		asking.Go(func() {
			p := askPortal(ctx, r.PortalURL)
			f.Portal = &p
		})
	}
	asking.Wait()
}
