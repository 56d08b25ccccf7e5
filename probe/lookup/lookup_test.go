package lookup

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
)

// said is an answer in a line: "ipv4 NXDOMAIN 17:text", "ipv6 timeout", "ipv4 NOERROR 192.0.2.7", "ipv4 NOERROR cut tcp:unreachable".
func said(answers []evidence.NameAnswer) (out []string) {
	for _, a := range answers {
		line := []string{string(a.Family), a.RCode}
		if a.End != evidence.Answered {
			line[1] = string(a.End)
		}
		for _, x := range a.Addresses {
			line = append(line, x.String())
		}
		if a.Truncated {
			line = append(line, "cut", "tcp:"+string(a.TCP))
		}
		for _, e := range a.Extended {
			line = append(line, strings.TrimSuffix(string(rune('0'+e.Code/10))+string(rune('0'+e.Code%10))+":"+e.Text, ":"))
		}
		out = append(out, strings.Join(line, " "))
	}
	return out
}

// TestAnswers: what a name server says is told apart, whatever the system's resolver makes of it.
func TestAnswers(t *testing.T) {
	t.Parallel()
	none := reply{}
	for name, c := range map[string]struct {
		tcp       bool
		replies   map[string]reply
		problem   string
		addresses string
		asked     []string
	}{
		"found": {replies: map[string]reply{"A server.example": {addresses: []string{"198.51.100.7"}}, "AAAA server.example": none},
			addresses: "198.51.100.7", asked: []string{"ipv4 NOERROR 198.51.100.7", "ipv6 NOERROR"}},
		"both families": {replies: map[string]reply{"A server.example": {addresses: []string{"198.51.100.7"}},
			"AAAA server.example": {addresses: []string{"2001:db8::7"}}},
			addresses: "198.51.100.7 2001:db8::7", asked: []string{"ipv4 NOERROR 198.51.100.7", "ipv6 NOERROR 2001:db8::7"}},
		"no such name":   {problem: "not-found", asked: []string{"ipv4 NXDOMAIN", "ipv6 NXDOMAIN"}},
		"no address":     {replies: map[string]reply{"A *": none, "AAAA *": none}, problem: "not-found", asked: []string{"ipv4 NOERROR", "ipv6 NOERROR"}},
		"refused":        {replies: always(5), problem: "server-failure", asked: []string{"ipv4 REFUSED", "ipv6 REFUSED"}},
		"server failure": {replies: always(2), problem: "server-failure", asked: []string{"ipv4 SERVFAIL", "ipv6 SERVFAIL"}},
		"blocked, with a reason": {replies: always(5, evidence.ExtendedError{Code: 15, Text: "malware list"}), problem: "server-failure",
			asked: []string{"ipv4 REFUSED 15:malware list", "ipv6 REFUSED 15:malware list"}},
		"filtered, as if it did not exist": {replies: always(3, evidence.ExtendedError{Code: 17, Text: "filtered\x00"}), problem: "not-found",
			asked: []string{"ipv4 NXDOMAIN 17:filtered", "ipv6 NXDOMAIN 17:filtered"}},
		"several reasons": {replies: always(2, evidence.ExtendedError{Code: 6}, evidence.ExtendedError{Code: 22, Text: "x"}), problem: "server-failure",
			asked: []string{"ipv4 SERVFAIL 06 22:x", "ipv6 SERVFAIL 06 22:x"}},
		"too large for a datagram": {tcp: true, replies: map[string]reply{"A *": {cut: true, addresses: []string{"198.51.100.7"}}, "AAAA *": none},
			addresses: "198.51.100.7", asked: []string{"ipv4 NOERROR 198.51.100.7 cut tcp:answered", "ipv6 NOERROR"}},
		"too large, and TCP is closed": {replies: map[string]reply{"A *": {cut: true}, "AAAA *": none},
			problem: "server-failure|not-found", // of Go's resolver: which of its two answers comes last
			asked:   []string{"ipv4 NOERROR cut tcp:unreachable", "ipv6 NOERROR"}},
		"too large, and the other family": {replies: map[string]reply{"A *": {cut: true}, "AAAA *": {addresses: []string{"2001:db8::7"}}},
			addresses: "2001:db8::7", asked: []string{"ipv4 NOERROR cut tcp:unreachable", "ipv6 NOERROR 2001:db8::7"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.tcp, c.replies)
			r := New(s.config(t)).Name(t.Context(), "server.example", 0)
			if !slices.Contains(strings.Split(c.problem, "|"), r.Problem) || joined(r.Addresses) != c.addresses || !slices.Equal(said(r.Asked), c.asked) {
				t.Errorf("%q, %s\n got %q\nwant %q", r.Problem, joined(r.Addresses), said(r.Asked), c.asked)
			}
			for _, a := range r.Asked {
				if a.Server != s.addr || a.Name != "server.example" {
					t.Errorf("%+v", a)
				}
			}
		})
	}
}

// TestGarbage: what is no DNS message is not taken for an answer, nor is what answers another question.
func TestGarbage(t *testing.T) {
	t.Parallel()
	header := "\x81\x80\x00\x00\x00\x01\x00\x00\x00\x00"
	for raw, want := range map[string]evidence.Dialogue{
		header + "\xff\xff\xff":                                             evidence.Garbled,
		header + "\x00\x00\x01\x00\x01\x00\x00":                             evidence.Garbled,
		"\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00":                          evidence.Garbled,
		"\x01\x80\x00\x00\x00\x00\x00\x00\x00\x00":                          evidence.Unanswered, // no response
		"\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00\x01x\x00\x00\x01\x00\x01": evidence.Unanswered,
		"\x81\x83\x00\x00\x00\x00\x00\x00\x00\x00":                          evidence.Answered, // without the question
	} {
		s := serve(t, false, map[string]reply{"A *": {raw: []byte(raw)}})
		t.Run(fmt.Sprintf("%x", raw), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if a := (asker{}).ask(ctx, s.addr, "server.example", evidence.IPv4); a.End != want || len(a.Addresses) > 0 {
				t.Errorf("%+v", a)
			}
		})
	}
}

func joined(addresses []netip.Addr) string {
	var out []string
	for _, a := range addresses {
		out = append(out, a.String())
	}
	return strings.Join(out, " ")
}

// fake is a system's resolver: what it says of "ip4" and "ip6", and after which time; "ip" waits for both.
type fake map[string]struct {
	after time.Duration
	found string
	err   error
}

func (f fake) LookupNetIP(ctx context.Context, network, _ string) (out []netip.Addr, err error) {
	var longest time.Duration
	for _, n := range slices.Sorted(maps.Keys(f)) {
		a := f[n]
		if n == network || network == "ip" {
			longest = max(longest, a.after)
			if a.found != "" {
				out = append(out, netip.MustParseAddr(a.found))
			}
			if a.err != nil && (err == nil || isNotFound(err)) {
				err = a.err
			}
		}
	}
	select {
	case <-time.After(longest):
	case <-ctx.Done():
		return nil, &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, err
}

// TestSilentFamily: a family that is never answered does not keep back the other one.
func TestSilentFamily(t *testing.T) {
	t.Parallel()
	gone := &net.DNSError{IsTimeout: true, Server: "192.0.2.53:53"}
	none := &net.DNSError{IsNotFound: true}
	for name, c := range map[string]struct {
		system  fake
		family  int
		want    string
		silent  evidence.Family
		problem string
		within  time.Duration
	}{
		"both at once":           {fake{"ip4": {0, "198.51.100.7", nil}, "ip6": {0, "2001:db8::7", nil}}, 0, "198.51.100.7 2001:db8::7", "", "", 0},
		"AAAA dropped":           {fake{"ip4": {0, "198.51.100.7", nil}, "ip6": {5 * time.Second, "", gone}}, 0, "198.51.100.7", evidence.IPv6, "", 3 * time.Second},
		"A dropped":              {fake{"ip4": {5 * time.Second, "", gone}, "ip6": {0, "2001:db8::7", nil}}, 0, "2001:db8::7", evidence.IPv4, "", 3 * time.Second},
		"A dropped, IPv6 wanted": {fake{"ip4": {5 * time.Second, "", gone}, "ip6": {0, "2001:db8::7", nil}}, 6, "2001:db8::7", "", "", time.Second / 2},
		"slow, but answered":     {fake{"ip4": {0, "198.51.100.7", nil}, "ip6": {time.Second, "", none}}, 0, "198.51.100.7", "", "", 2 * time.Second},
		"both dropped":           {fake{"ip4": {30 * time.Second, "", gone}, "ip6": {30 * time.Second, "", gone}}, 0, "", "", "timeout", 11 * time.Second},
		"A dropped, AAAA empty":  {fake{"ip4": {5 * time.Second, "", gone}, "ip6": {0, "", none}}, 0, "", "", "timeout", 6 * time.Second},
		"no such name":           {fake{"ip4": {0, "", none}, "ip6": {0, "", none}}, 0, "", "", "not-found", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := New(Config{System: c.system, Servers: []netip.AddrPort{}, HostsFile: os.DevNull, Hostname: "x.test"}).
					Name(t.Context(), "server.example", c.family)
				if joined(r.Addresses) != c.want || r.Silent != c.silent || r.Problem != c.problem || r.Elapsed > c.within {
					t.Errorf("%s, silent %q, problem %q after %v", joined(r.Addresses), r.Silent, r.Problem, r.Elapsed)
				}
			})
		})
	}
}

// TestInterrupted: a look-up ends with the run.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		l := New(Config{System: fake{"ip4": {after: time.Hour}}, Servers: []netip.AddrPort{}, HostsFile: os.DevNull})
		if r := l.Name(ctx, "server.example", 0); r.Problem != evidence.LookupInterrupted || r.Elapsed != time.Second {
			t.Errorf("%+v", r)
		}
	})
}

// TestInvalid: names under .invalid are answered without a server (RFC 6761).
func TestInvalid(t *testing.T) {
	t.Parallel()
	s := serve(t, false, map[string]reply{"A *": {addresses: []string{"192.0.2.1"}}})
	l := New(s.config(t))
	for _, name := range []string{"invalid", "server.invalid", "Server.INVALID."} {
		if r := l.Name(t.Context(), name, 0); r.Problem != evidence.LookupNotFound || len(r.Addresses) != 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if s.count("") != 0 || under("invalid.example", "invalid") || under("notinvalid", "invalid") {
		t.Errorf("a server was asked, or a real name is taken for an invalid one")
	}
}

// TestInvented: a server that has an address for a name that nobody has is found out; so is a domain.
func TestInvented(t *testing.T) {
	t.Parallel()
	t.Run("every name", func(t *testing.T) {
		s := serve(t, false, map[string]reply{"A *": {addresses: []string{"198.51.100.2"}}, "AAAA *": {}})
		l := New(s.config(t))
		for range 2 {
			r := l.Name(t.Context(), "mistyped.example.com", 0)
			if len(r.Invented) != 1 || !r.Invented[0].Shares(r.Addresses) || !strings.HasSuffix(r.Invented[0].Name, ".example") {
				t.Errorf("%+v", r.Invented)
			}
		}
		if n := s.count("A whyport-"); n != 1 {
			t.Errorf("an invented name was asked for %d times", n)
		}
	})
	t.Run("a private domain", func(t *testing.T) {
		s := serve(t, false, map[string]reply{"A server.corp.example.com": {addresses: []string{"10.1.2.3"}}, "AAAA server.corp.example.com": {}})
		r := New(s.config(t)).Name(t.Context(), "server.corp.example.com", 0)
		if s.count("A whyport-") != 2 || len(r.Invented) != 2 || !strings.HasSuffix(r.Invented[1].Name, ".corp.example.com") ||
			!r.Invented[1].Says("NXDOMAIN") {
			t.Errorf("%+v", r.Invented)
		}
	})
	t.Run("a public domain is not asked", func(t *testing.T) {
		s := serve(t, false, map[string]reply{"A server.example.com": {addresses: []string{"198.51.100.7"}}, "AAAA server.example.com": {}})
		New(s.config(t)).Name(t.Context(), "server.example.com", 0)
		for _, q := range s.questions() {
			if strings.Contains(q, "whyport-") && strings.HasSuffix(q, ".com") {
				t.Errorf("asked %s", q)
			}
		}
	})
}

// TestSearchDomain: a name that only exists with a search domain appended is told from one that exists.
func TestSearchDomain(t *testing.T) {
	t.Parallel()
	s := serve(t, false, map[string]reply{"A srv.example.com.corp.example": {addresses: []string{"198.51.100.9"}}, "AAAA srv.example.com.corp.example": {}})
	c := s.config(t)
	c.System, c.Search = fake{"ip4": {0, "198.51.100.9", nil}}, []string{"corp.example"}
	r := New(c).Name(t.Context(), "srv.example.com", 0)
	if r.FoundAs() != "srv.example.com.corp.example" || !strings.HasSuffix(r.Invented[len(r.Invented)-1].Name, ".com.corp.example") {
		t.Errorf("found as %q, %+v", r.FoundAs(), r.Invented)
	}
}

// TestHostsFile: what the hosts file decides, no name server is asked about.
func TestHostsFile(t *testing.T) {
	t.Parallel()
	s := serve(t, false, nil)
	c := s.config(t)
	c.System = fake{"ip4": {0, "0.0.0.0", nil}}
	c.HostsFile = filepath.Join(t.TempDir(), "hosts")
	os.WriteFile(c.HostsFile, []byte("# comment\n0.0.0.0 ads.example Blocked.Example. # more\nnonsense other.example\n"), 0o600)
	l := New(c)
	if r := l.Name(t.Context(), "blocked.example", 0); !r.HostsFile || s.count("") != 0 || len(r.Addresses) != 1 {
		t.Errorf("%+v after %q", r, s.questions())
	}
	if r := l.Name(t.Context(), "other.example", 0); r.HostsFile || s.count("") == 0 {
		t.Errorf("%+v", r)
	}
}

// TestSecondServer: all name servers are asked where the first one does not help, otherwise only that.
func TestSecondServer(t *testing.T) {
	t.Parallel()
	first := serve(t, false, always(5))
	second := serve(t, false, map[string]reply{"A server.example": {addresses: []string{"198.51.100.7"}}, "AAAA *": {}})
	c := first.config(t)
	c.Servers = append(c.Servers, second.addr)
	r := New(c).Name(t.Context(), "server.example", 0)
	if want := []string{"ipv4 REFUSED", "ipv6 REFUSED", "ipv4 NOERROR 198.51.100.7", "ipv6 NOERROR"}; !slices.Equal(said(r.Asked), want) {
		t.Errorf("%q", said(r.Asked))
	}
	c.System = fake{"ip4": {0, "", &net.DNSError{Server: first.addr.String()}}}
	if r := New(c).Name(t.Context(), "server.example", 0); len(r.Asked) != 4 || r.Elapsed >= othersAfter {
		t.Errorf("%q after %v", said(r.Asked), r.Elapsed)
	}
	c = second.config(t)
	c.Servers = append(c.Servers, first.addr)
	before := first.count("")
	if r := New(c).Name(t.Context(), "server.example", 0); len(r.Asked) != 2 || first.count("") != before {
		t.Errorf("%q", said(r.Asked))
	}
}

// TestGrace: name servers that don't speak to this program cost next to nothing where the system's resolver has found the name.
func TestGrace(t *testing.T) {
	t.Parallel()
	s := serve(t, false, map[string]reply{"A *": {drop: true}, "AAAA *": {drop: true}})
	c := s.config(t)
	c.System = fake{"ip4": {0, "198.51.100.7", nil}}
	if r := New(c).Name(t.Context(), "server.example", 0); joined(r.Addresses) != "198.51.100.7" || len(r.Asked) > 0 || r.Elapsed > firstWait {
		t.Errorf("%+v", r)
	}
}

// TestCompare: the servers that are compared are asked, too.
func TestCompare(t *testing.T) {
	t.Parallel()
	inside := serve(t, false, map[string]reply{"A server.example": {addresses: []string{"10.1.2.3"}}, "AAAA *": {}})
	outside := serve(t, false, map[string]reply{"A server.example": {addresses: []string{"198.51.100.7"}}, "AAAA *": {}})
	c := inside.config(t)
	c.Compare = []Server{{At: outside.addr}}
	r := New(c).Name(t.Context(), "server.example", 0)
	if want := []string{"ipv4 NOERROR 198.51.100.7", "ipv6 NOERROR"}; !slices.Equal(said(r.Compared), want) || joined(r.Addresses) != "10.1.2.3" {
		t.Errorf("%q, %v", said(r.Compared), r.Addresses)
	}
}

func TestResolvConf(t *testing.T) {
	servers, search := resolvConf(strings.NewReader("# c\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nnameserver x\nnameserver\nnameserver 192.0.2.54\n" +
		"nameserver 192.0.2.55\ndomain a.example\nsearch b.example. c.example\noptions ndots:2\n"))
	var got []string
	for _, s := range servers {
		got = append(got, s.String())
	}
	if !slices.Equal(got, []string{"192.0.2.53:53", "[fe80::1%eth0]:53", "192.0.2.54:53"}) || !slices.Equal(search, []string{"b.example", "c.example"}) {
		t.Errorf("%q %q", got, search)
	}
}

func TestParseServer(t *testing.T) {
	for typed, want := range map[string]string{"192.0.2.53": "192.0.2.53:53", "2001:db8::53": "[2001:db8::53]:53", "[2001:db8::53]": "[2001:db8::53]:53",
		"tls://192.0.2.53": "tls://192.0.2.53:853", "tls://[2001:db8::53]:8853": "tls://[2001:db8::53]:8853", "https://192.0.2.53": "https://192.0.2.53:443/dns-query",
		"https://192.0.2.53:8443/resolve": "https://192.0.2.53:8443/resolve", "https://[2001:db8::53]/": "https://[2001:db8::53]:443/dns-query",
		"192.0.2.53:5353": "192.0.2.53:5353", "[2001:db8::53]:5353": "[2001:db8::53]:5353"} {
		if got, err := ParseServer(typed); err != nil || got.String() != want {
			t.Errorf("%s: %v %v", typed, got, err)
		}
	}
	for _, wrong := range []string{"", "dns.example", "192.0.2.53:0", "192.0.2.53:x", "http://192.0.2.53", "tls://dns.example", "tls://192.0.2.53/x",
		"https://me:secret@192.0.2.53/", "https://192.0.2.53/?dns=x"} {
		if got, err := ParseServer(wrong); err == nil {
			t.Errorf("%q: %v", wrong, got)
		}
	}
}

// FuzzRead: whatever comes, it is read within bounds.
func FuzzRead(f *testing.F) {
	q, _ := query(7, "server.example", evidence.IPv4, true)
	f.Add(q)
	s := &nameServer{replies: always(5, evidence.ExtendedError{Code: 15, Text: "why"})}
	f.Add(s.answer(q, true))
	f.Fuzz(func(t *testing.T, m []byte) {
		a := evidence.NameAnswer{Family: evidence.IPv4}
		belongs(m, q)
		read(m, &a)
		if len(a.Addresses) > maxAddresses || len(a.Extended) > maxExtended || a.End == evidence.NotAsked {
			t.Errorf("%+v", a)
		}
		for _, e := range a.Extended {
			if len(e.Text) > maxText {
				t.Errorf("%d bytes of text", len(e.Text))
			}
		}
	})
}
