package hold

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/lab"
	"whyport/probe/line"
	"whyport/probe/socket"
	"whyport/probe/verdict"
)

func TestMain(m *testing.M) {
	lab.Main(m, lab.Funcs{"hold": lab.Call(holdInLab), "keepalive": lab.Call(keepaliveInLab)})
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// holdInLab leaves connections to port 80 idle for up to six seconds.
func holdInLab(ctx context.Context, to netip.Addr) (*evidence.Hold, error) {
	t := probe.Target{Host: to.String(), Addr: to, Candidates: []probe.Candidate{{Port: 80, Protocol: evidence.TCP}}}
	run := After(6*time.Second)(ctx, probe.Plan{Targets: []probe.Target{t}, Options: probe.Options{NoNames: true}}, probe.Hooks{})
	return run.Targets[0].Results[0].Port.Hold, nil
}

// keepaliveInLab asks a connection three seconds after it was made.
func keepaliveInLab(ctx context.Context, to netip.Addr) (string, error) {
	l := &line.Line{Addr: to, Network: socket.System{}, Limits: &line.Limits{Slots: line.NewSlots(1)}, Timeout: time.Second, Attempts: 1}
	conn := dial(ctx, l, 80)
	if conn == nil {
		return "", fmt.Errorf("no connection")
	}
	defer socket.Abort(conn)
	time.Sleep(3 * time.Second)
	return keepalive(conn), nil
}

// forgetful makes a router's connection tracking forget idle connections after two seconds, as a firewall does that drops
// what belongs to none.
func forgetful(l *lab.Lab, node string) {
	l.NFT(node, `table inet forgetful {
		chain c {
			type filter hook forward priority 0;
			ct state invalid drop;
			tcp flags & (syn | ack) == ack ct state new drop;
		}
	}`)
	l.Sysctl(node, "net.netfilter.nf_conntrack_tcp_timeout_established", "2")
}

// inLab runs a function in a network whose second router may forget idle connections.
func inLab[T any](t *testing.T, forgets bool, name string) T {
	t.Helper()
	l := lab.New(t)
	l.Listen("server", 80, lab.HTTP(func(http.ResponseWriter, *http.Request) {}))
	if forgets {
		forgetful(l, "r2")
	}
	got, err := lab.Remote[T](t.Context(), l, name, l.Addr("server", 4))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestForgottenByAFirewall: Linux' own connection tracking, asked by a web request and by TCP itself.
func TestForgottenByAFirewall(t *testing.T) {
	for _, forgets := range []bool{true, false} {
		t.Run(fmt.Sprintf("request %v", forgets), func(t *testing.T) {
			t.Parallel()
			h := inLab[*evidence.Hold](t, forgets, "hold")
			want, got := verdict.HoldKept, verdict.JudgeHold(h)
			if forgets {
				want = verdict.HoldForgotten
			}
			if got.Holding != want || forgets && (got.Survived < 750*time.Millisecond || got.Survived > 2500*time.Millisecond || got.Lost > 4*time.Second) {
				t.Errorf("%+v of %+v", got, h)
			}
		})
		t.Run(fmt.Sprintf("keepalive %v", forgets), func(t *testing.T) {
			t.Parallel()
			want := evidence.EndAnswered
			if forgets {
				want = evidence.EndSilent
			}
			if got := inLab[string](t, forgets, "keepalive"); got != want {
				t.Errorf("%s, not %s", got, want)
			}
		})
	}
}
