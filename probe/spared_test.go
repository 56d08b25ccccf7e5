package probe

import (
	"bufio"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
)

// TestCarefulSendsNoDatagrams: over UDP there is no listening without sending, so that --careful leaves its ports alone.
func TestCarefulSendsNoDatagrams(t *testing.T) {
	for _, careful := range []bool{false, true} {
		s, err := simnet.Parse("server listen 161/udp echo\nserver listen 22 greet SSH-2.0-lab")
		if err != nil {
			t.Fatal(err)
		}
		var run *Run
		synctest.Test(t, func(t *testing.T) {
			plan := Plan{Targets: []Target{targetOf(s.Target(4), "161/udp", "22", "80")}, Options: Options{
				Network: s.Net, NoNames: true, System: x509.NewCertPool(), Public: x509.NewCertPool(), Careful: careful,
			}}
			run = Execute(t.Context(), plan, Hooks{})
			time.Sleep(time.Second)
		})
		asked := false
		for _, p := range s.Net.Sent() {
			asked = asked || p.Protocol == evidence.UDP && p.To.Port() == 161
		}
		for r := range run.Targets[0].All() {
			if r.Port.Protocol == evidence.UDP && (r.Verdict.Rule == "not-tested") != careful {
				t.Errorf("careful %v: %+v", careful, r.Verdict)
			}
		}
		if asked == careful {
			t.Errorf("careful %v: a datagram was sent: %v", careful, asked)
		}
	}
}

// TestExcludedDataPort: a port that an FTP server names is not connected to where it is excluded.
func TestExcludedDataPort(t *testing.T) {
	data, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	var connected atomic.Int32
	go func() {
		for c, err := data.Accept(); err == nil; c, err = data.Accept() {
			connected.Add(1)
			_ = c.Close()
		}
	}()
	port := uint16(data.Addr().(*net.TCPAddr).Port)
	control := ftpNaming(t, port)
	for _, excluded := range []bool{true, false} {
		options := Options{Trace: TraceNever, NoNames: true, ExcludePort: func(p uint16, _ evidence.Protocol) bool { return excluded && p == port }}
		run := Execute(context.Background(), Plan{Targets: []Target{targetOf(control.Addr(), fmt.Sprint(control.Port()))}, Options: options}, Hooks{})
		got := run.Targets[0].Results[0].Port.Speech
		if got == nil || got.FTP == nil || got.FTP.Port != port || (got.FTP.Why == "excluded") != excluded || (got.FTP.Passive == "ok") == excluded {
			t.Fatalf("excluded %v: %+v", excluded, got)
		}
		if n := connected.Load(); (n > 0) == excluded {
			t.Errorf("excluded %v: %d connections", excluded, n)
		}
	}
}

// ftpNaming is a server that names a data port before anybody has logged in.
func ftpNaming(t *testing.T, port uint16) netip.AddrPort {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go func() {
				defer c.Close()
				fmt.Fprint(c, "220 FTP server ready\r\n")
				for lines := bufio.NewScanner(c); lines.Scan(); {
					answer := "500 unknown\r\n"
					if strings.HasPrefix(lines.Text(), "EPSV") {
						answer = fmt.Sprintf("229 Extended (|||%d|)\r\n", port)
					}
					fmt.Fprint(c, answer)
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}
