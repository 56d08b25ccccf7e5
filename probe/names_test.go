package probe

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lookup"
	"whyport/probe/verdict"
)

// book is a system's resolver with these names.
type book map[string][]string

func (b book) LookupNetIP(_ context.Context, _, host string) (out []netip.Addr, err error) {
	for _, a := range b[host] {
		out = append(out, netip.MustParseAddr(a))
	}
	if len(out) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return out, nil
}

func (b book) config() lookup.Config {
	return lookup.Config{System: b, Servers: []netip.AddrPort{}, HostsFile: os.DevNull, Hostname: "client.test"}
}

// TestSinkholes: nothing is sent to an address that is no server's; what else a name leads to is tested.
func TestSinkholes(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var connections atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	names := book{
		"ads.example": {"127.0.0.1"}, "blocked.example": {"0.0.0.0", "::"}, "half.test": {"0.0.0.0", "127.0.0.1"}, "server.test": {"127.0.0.1"},
		"none.example": nil,
	}
	for name, want := range map[string]struct {
		reason   verdict.Reason
		withheld int
	}{
		"ads.example": {verdict.NameBlocked, 1}, "blocked.example": {verdict.NameBlocked, 2}, "none.example": {verdict.NameNotFound, 0},
		"half.test": {verdict.SynAck, 1}, "server.test": {verdict.SynAck, 0},
	} {
		connections.Store(0)
		target := targetOf(netip.Addr{}, port)
		target.Host = name
		run := Execute(t.Context(), Plan{Targets: []Target{target}, Options: Options{Resolver: names.config(), TLS: TLSNever, Trace: TraceNever}}, Hooks{})
		got := run.Targets[0]
		if len(got.Results) != 1 || got.Results[0].Verdict.Reason != want.reason || len(got.Resolution.Withheld) != want.withheld {
			t.Errorf("%s: %+v, %+v", name, got.Results, got.Resolution)
		}
		if reached := connections.Load() > 0; reached != (want.reason == verdict.SynAck) {
			t.Errorf("%s: %d connections", name, connections.Load())
		}
	}
}

// TestProfileHosts: each name has a resolution of its own.
func TestProfileHosts(t *testing.T) {
	t.Parallel()
	target := targetOf(netip.Addr{}, "1", "2")
	target.Host, target.Candidates[1].Host = "none.example", "blocked.example"
	run := Execute(t.Context(), Plan{Targets: []Target{target}, Options: Options{Resolver: book{"blocked.example": {"0.0.0.0"}}.config()}}, Hooks{})
	got := &run.Targets[0]
	for i, want := range []verdict.Reason{verdict.NameNotFound, verdict.NameBlocked} {
		if r := verdict.Unresolved(got.ResolutionOf(got.Target.Candidates[i])).Reason; got.Results[i].Verdict.Reason != want || r != want {
			t.Errorf("candidate %d: %s and %s", i, got.Results[i].Verdict.Reason, r)
		}
	}
}

// TestFamilies: what is left of a name's addresses when one family is wanted, or one address.
func TestFamilies(t *testing.T) {
	t.Parallel()
	names := book{"server.test": {"192.0.2.1", "192.0.2.2", "2001:db8::1"}, "four.test": {"192.0.2.1"}}
	for _, c := range []struct {
		name    string
		options Options
		want    int
		problem string
	}{
		{"server.test", Options{}, 3, ""}, {"server.test", Options{Family: 4}, 2, ""}, {"server.test", Options{Family: 6}, 1, ""},
		{"server.test", Options{FirstAddress: true}, 1, ""}, {"four.test", Options{Family: 6}, 0, evidence.LookupNoAddress},
	} {
		r := &runner{options: c.options, names: lookup.New(names.config())}
		if got := r.lookUp(t.Context(), Target{Host: c.name}); len(got.Addresses) != c.want || got.Problem != c.problem {
			t.Errorf("%s %d: %v %q", c.name, c.options.Family, got.Addresses, got.Problem)
		}
	}
}
