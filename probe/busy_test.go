package probe

import (
	"context"
	"crypto/x509"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

// busy is a computer whose program gets to see the end of a handshake late; the kernel's own measure is right.
type busy struct{ socket.Network }

func (n busy) Connect(ctx context.Context, r socket.Request) (evidence.Attempt, net.Conn) {
	a, conn := n.Network.Connect(ctx, r)
	if a.ByTCP() {
		const late = 300 * time.Millisecond
		time.Sleep(late)
		a.Elapsed += late
	}
	return a, conn
}

// TestPageOnABusyComputer: a page is not too soon for the server because this program saw the handshake's end late.
func TestPageOnABusyComputer(t *testing.T) {
	s, err := simnet.Parse("server listen 80 http 200\nserver input tcp dport 1-79,81-65535 drop\ntest 80\n80 open/syn-ack certain\n")
	if err != nil {
		t.Fatal(err)
	}
	var run *Run
	synctest.Test(t, func(t *testing.T) {
		plan := Plan{Targets: []Target{targetOf(s.Target(4), "80")}, Options: Options{
			Network: busy{s.Net}, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(),
		}}
		run = Execute(t.Context(), plan, Hooks{})
		time.Sleep(time.Second)
	})
	for r := range run.Targets[0].All() {
		if r.Verdict.State != verdict.Open {
			t.Errorf("%s (%s) by %s; page after %v, round trip %v", r.Verdict.State, r.Verdict.Reason, r.Verdict.Rule, r.Port.Speech.HTTP.After,
				run.Targets[0].Hosts[r.Port.Addr].RTT)
		}
	}
}
