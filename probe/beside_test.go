package probe

import (
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/simnet"
)

// TestCountedServicesGetOneSYN: a service that counts visits gets the connection that proved it open, and no other: what else
// is sent to its port ends before the server, which is four hops away.
func TestCountedServicesGetOneSYN(t *testing.T) {
	const distance = 4
	for name, rest := range map[string]string{
		"closed": "test 22 80\n", "silent": "r2 forward tcp dport 80 drop\ntest 22 80\n",
		"mixed":   "server listen 81 hold\nr2 forward tcp dport 82 reject tcp-reset\nr2 forward tcp dport 83 drop\ntest 22 80 81 82 83\n",
		"nothing": "server input tcp dport 1-21,23-65535 drop\nserver input udp drop\ntest 22 80 81\n",
	} {
		t.Run(name, func(t *testing.T) {
			s, err := simnet.Parse("server listen 22 greet SSH-2.0-lab\n" + rest)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				Execute(t.Context(), Plan{Targets: []Target{targetOf(s.Target(4), s.Ports...)}, Options: Options{
					Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
				}}, Hooks{})
				time.Sleep(time.Second)
			})
			arrived := 0
			for _, p := range s.Net.Sent() {
				if p.To.Port() == 22 && (p.TTL == 0 || p.TTL >= distance) {
					arrived++
				}
			}
			if arrived != 1 {
				t.Errorf("%d SYNs got to port 22", arrived)
			}
		})
	}
}
