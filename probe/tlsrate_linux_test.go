package probe

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"whyport/probe/lab"
)

// BenchmarkTLSServers tests 500 TLS servers on loopback, certificates judged, beside a bare loop of tls.Client with as
// many in flight, in turn.
func BenchmarkTLSServers(b *testing.B) {
	const servers = 500
	config := lab.NewCA(b, "bench", "bench").Config(lab.Leaf{Names: []string{"server.test"}})
	var ports, addresses []string
	for range servers {
		to := serveTLS(b, config)
		ports, addresses = append(ports, strconv.Itoa(int(to.Port()))), append(addresses, to.String())
	}
	target := targetOf(netip.MustParseAddr("127.0.0.1"), ports...)
	target.ServerName = "server.test"
	var own, bare time.Duration
	for b.Loop() {
		began := time.Now()
		out := Execute(b.Context(), Plan{Targets: []Target{target}, Options: Options{TLS: TLSAlways}}, Hooks{})
		own += time.Since(began)
		for r := range out.Targets[0].All() {
			if s := r.Port.Speech; s == nil || !s.TLS.Completed() || s.TLS.Verification == nil {
				b.Fatalf("port %d: %+v", r.Port.Port, r.Verdict)
			}
		}
		bare += bareHandshakes(b, addresses)
	}
	b.ReportMetric(float64(b.N*servers)/own.Seconds(), "handshakes/s")
	b.ReportMetric(bare.Seconds()/own.Seconds(), "of-bare-rate")
}

func serveTLS(b *testing.B, config *tls.Config) netip.AddrPort {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if t := tls.Server(c, config); t.Handshake() == nil {
					t.Read(make([]byte, 1)) // until the client has closed
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// bareHandshakes takes as many at the same time as a large run does.
func bareHandshakes(b *testing.B, addresses []string) time.Duration {
	began := time.Now()
	next := make(chan string)
	var wg sync.WaitGroup
	for range lookers {
		wg.Go(func() {
			for addr := range next {
				c, err := tls.Dial("tcp", addr, &tls.Config{ServerName: "server.test", InsecureSkipVerify: true})
				if err != nil {
					b.Error(err)
					continue
				}
				c.Close()
			}
		})
	}
	for _, addr := range addresses {
		next <- addr
	}
	close(next)
	wg.Wait()
	return time.Since(began)
}
