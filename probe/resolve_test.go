package probe

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/evidence"
	"whyport/probe/lookup"
	"whyport/probe/verdict"
)

func TestAllowed(t *testing.T) {
	for _, c := range []struct{ addresses, ports, limit, spare, want int }{
		{1, 20, 64, 1000, 1}, {4000, 20, 64, 1 << 20, 64}, {4000, 65535, 64, MaxPorts - 65535, 16}, {10, 65535, 64, 0, 1}, {10, 5, 3, -1, 1},
		{10, 5, 64, 14, 3}, {0, 5, 64, 100, 0}, {7, 0, 4, 0, 4},
	} {
		if got := allowed(c.addresses, c.ports, c.limit, c.spare); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// Names of many addresses share what the limit of ports leaves.
func TestNamesStayUnderTheLimitOfPorts(t *testing.T) {
	plan := Plan{Targets: make([]Target, 10)}
	for i := range plan.Targets {
		plan.Targets[i].Candidates = make([]Candidate, 65535)
	}
	r := &runner{options: Options{}.withDefaults(), spare: plan.spare()}
	total := 0
	for range plan.Targets {
		total += 65535 * r.allowed(4000, 65535)
	}
	if total > MaxPorts || total < MaxPorts-65535 {
		t.Errorf("%d ports of %d", total, MaxPorts)
	}
}

// A name with 4,000 addresses costs little: 64 are tested, and the rest is counted.
func TestNameOfManyAddresses(t *testing.T) {
	const many = 4000
	names := namesOf(t, many)
	var peak atomic.Uint64
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			time.Sleep(20 * time.Millisecond)
		}
	}()
	target := Target{Host: "many.test"}
	for port := range uint16(10) {
		target.Candidates = append(target.Candidates, Candidate{Port: 60001 + port, Protocol: evidence.TCP})
	}
	run := Execute(ctx, Plan{Targets: []Target{target}, Options: Options{Resolver: lookup.Config{System: names}, Timeout: 3 * time.Second, TLS: TLSNever, Trace: TraceNever}}, Hooks{})
	got := run.Targets[0].Resolution
	if len(got.Addresses) != DefaultAddresses || got.LeftOut != many-DefaultAddresses || len(run.Targets[0].Results) != DefaultAddresses*10 {
		t.Errorf("%d addresses, %d left out, %d results", len(got.Addresses), got.LeftOut, len(run.Targets[0].Results))
	}
	if peak.Load() > 100<<20 {
		t.Errorf("%d MB", peak.Load()>>20)
	}
}

func TestMaxTimeEndsARunAsCtrlC(t *testing.T) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() { // accepts and says nothing
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			defer c.Close()
		}
	}()
	to := l.Addr().(*net.TCPAddr).AddrPort()
	begin := time.Now()
	run := Execute(t.Context(), Plan{
		Targets: []Target{{Host: "127.0.0.1", Addr: to.Addr().Unmap(), Candidates: []Candidate{{Port: to.Port(), Protocol: evidence.TCP, Expect: ExpectTLS}}}},
		Options: Options{MaxTime: 400 * time.Millisecond, Timeout: 9 * time.Second, Trace: TraceNever},
	}, Hooks{})
	if took := time.Since(begin); took > 1400*time.Millisecond || !run.Interrupted {
		t.Errorf("%v, interrupted: %v", took, run.Interrupted)
	}
	if v := run.Targets[0].Results[0].Verdict; v.Reason != verdict.Interrupted {
		t.Errorf("%+v", v)
	}
}

// namesOf answers every question for IPv4 addresses with that many of 127.0.0.0/8, over TCP on loopback.
func namesOf(t *testing.T, addresses int) *net.Resolver {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go answerNames(c, addresses)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", l.Addr().String())
	}}
}

func answerNames(c net.Conn, addresses int) {
	defer c.Close()
	for {
		var size uint16
		if binary.Read(c, binary.BigEndian, &size) != nil {
			return
		}
		question := make([]byte, size)
		if _, err := io.ReadFull(c, question); err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(question) != nil {
			return
		}
		m.Response, m.Additionals = true, nil
		if m.Questions[0].Type == dnsmessage.TypeA {
			at := netip.MustParseAddr("127.1.0.1")
			for range addresses {
				m.Answers = append(m.Answers, dnsmessage.Resource{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET}, Body: &dnsmessage.AResource{A: at.As4()},
				})
				at = at.Next()
			}
		}
		answer, err := m.Pack()
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}
