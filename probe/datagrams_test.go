package probe

import (
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
)

// TestDatagramsAreFew: a silent UDP port costs its three questions, two beside the control, and a walk of twelve at most; fragile
// ports and the fourth of a host get their questions alone.
func TestDatagramsAreFew(t *testing.T) {
	for name, network := range map[string]string{
		"nothing answers": "r1 forward udp drop\nr1 silent\nr2 silent\nr3 silent",
		"all vanishes":    "client-r1 udp drop",
		"long way": "hop 1 a 10.1.0.1 1ms\nhop 2 b 10.2.0.1 2ms\nhop 3 c 10.3.0.1 3ms\nhop 4 d 10.4.0.1 4ms\nhop 5 e 10.5.0.1 5ms\n" +
			"hop 6 f 10.6.0.1 6ms\nhop 7 g 10.7.0.1 7ms\nhop 8 h 10.8.0.1 8ms\nhop 9 i 10.9.0.1 9ms\nhop 10 j 10.10.0.1 10ms\n" +
			"hop 11 k 10.11.0.1 11ms\nhop 12 l 10.12.0.1 12ms\nhop 13 server 203.0.113.7 20ms\nl forward udp drop",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := simnet.Parse(network)
			if err != nil {
				t.Fatal(err)
			}
			var run *Run
			synctest.Test(t, func(t *testing.T) {
				plan := Plan{Targets: []Target{targetOf(s.Target(4), "47808/udp", "56/udp", "57/udp", "58/udp", "59/udp")}, Options: Options{
					Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
				}}
				run = Execute(t.Context(), plan, Hooks{})
				time.Sleep(time.Second)
			})
			count, short := map[uint16]int{}, map[uint16]int{}
			for _, p := range s.Net.Sent() {
				if p.Protocol == evidence.UDP {
					count[p.To.Port()]++
					if p.TTL > 0 {
						short[p.To.Port()]++
					}
				}
			}
			for port, most := range map[uint16]int{47808: 3, 56: 17, 57: 17, 58: 17, 59: 3} {
				if n := count[port]; n > most || n < 3 || most > 3 && short[port] == 0 {
					t.Errorf("port %d: %d datagrams, %d of them short-lived; want at most %d", port, n, short[port], most)
				}
				delete(count, port)
			}
			for port, n := range count {
				if n > 2 {
					t.Errorf("control %d: %d datagrams", port, n)
				}
			}
			t.Log(run.Elapsed)
		})
	}
}
