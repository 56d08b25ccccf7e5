//go:build linux

package lab

import (
	"os"
	"os/exec"
	"testing"

	"whyport/probe/realtime"
)

// Need skips a test where the computer can't make a lab, or fails it if WHYPORT_TEST_NOSKIP is 1. New calls it; a test whose
// subtests make the labs calls it first. A lab's verdicts rest on real time (probe/realtime); what is to run with the race detector
// calls NeedUnjudged instead.
func Need(t testing.TB) {
	t.Helper()
	realtime.Judge(t)
	NeedUnjudged(t)
}

// NeedUnjudged is Need for a test that judges nothing by time.
func NeedUnjudged(t testing.TB) {
	t.Helper()
	why := missing()
	switch {
	case why == "":
	case os.Getenv("WHYPORT_TEST_NOSKIP") == "1":
		t.Fatalf("lab: %s, and WHYPORT_TEST_NOSKIP=1 forbids skipping", why)
	default:
		t.Skipf("lab: %s", why)
	}
}

// New makes a network; everything in it goes with the test, or with the process if that is killed.
// The test is skipped where the computer can't do it, or fails if WHYPORT_TEST_NOSKIP is 1.
func New(t testing.TB, options ...Option) *Lab {
	t.Helper()
	Need(t)
	return NewUnjudged(t, options...)
}

// NewUnjudged is New for a test that judges nothing by time.
func NewUnjudged(t testing.TB, options ...Option) *Lab {
	t.Helper()
	NeedUnjudged(t)
	c := defaults()
	for _, option := range options {
		option(&c)
	}
	top, err := plan(c)
	if err != nil {
		t.Fatal(err)
	}
	l := &Lab{t: t, top: top, nodes: map[string]*namespace{}, published: map[string]string{}}
	t.Cleanup(l.close)
	for _, build := range []func(config) error{l.makeDir, l.makeNodes, l.makeWires, l.configure, l.warm} {
		if err := build(c); err != nil {
			t.Fatalf("lab: %v", err)
		}
	}
	return l
}

// missing says what keeps this computer from making a lab; "" if nothing does.
func missing() string {
	if os.Geteuid() != 0 {
		return "network namespaces need root"
	}
	for _, program := range []string{"ip", "nft", "nsenter"} {
		if _, err := exec.LookPath(program); err != nil {
			return "the program " + program + " is missing (Debian: apt-get install iproute2 nftables util-linux)"
		}
	}
	n, err := newNamespace()
	if err != nil {
		return err.Error()
	}
	defer n.file.Close()
	tap, err := n.openTAP("probe")
	if err != nil {
		return err.Error()
	}
	tap.Close()
	if err := n.do(func() error { return sysctl("net.ipv6.conf.default.accept_dad", "0") }); err != nil {
		return "IPv6 or writable settings are missing: " + err.Error()
	}
	return ""
}

func (l *Lab) close() {
	for _, w := range l.wires {
		w.close()
	}
	for _, n := range l.nodes {
		n.file.Close()
	}
	if l.dir != "" {
		os.RemoveAll(l.dir)
	}
}
