package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whyport/probe/verdict"
)

// TestBundleHasCases: the evidence in a bundle is a case of the judge as it stands, which says the same again, and no name of this
// computer is in it.
func TestBundleHasCases(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	here, _ := os.Hostname()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_, _ = fmt.Fprintf(c, "220 %s ESMTP Postfix\r\n", here)
			go func() { defer c.Close(); _, _ = io.Copy(io.Discard, io.LimitReader(c, 1)) }()
		}
	}()
	saidIn(t, t.TempDir(), "127.0.0.1", "-p", fmt.Sprintf("1,%d", l.Addr().(*net.TCPAddr).Port), "--bundle", "b.zip")
	z, err := zip.OpenReader("b.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	rules := map[string]bool{}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "evidence/") {
			continue
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var c verdict.Recorded
		if err := json.NewDecoder(in).Decode(&c); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if diff := cmp.Diff(c.Verdict, verdict.Judge(&c.Port, c.Host), cmpopts.EquateComparable(netip.Addr{})); diff != "" || c.From == "" {
			t.Errorf("%s: - in the bundle, + judged\n%s", f.Name, diff)
		}
		rules[c.Verdict.Rule] = true
		if s := c.Port.Speech; s != nil && s.Banner != nil && strings.Contains(string(s.Banner.Bytes), here) {
			t.Errorf("%s has this computer's name: %s", f.Name, s.Banner.Bytes)
		}
		if (c.Port.Port == 1) == (c.Port.Speech != nil) {
			t.Errorf("%s is not what was seen: %+v", f.Name, c.Port)
		}
	}
	if !rules["refused"] || len(rules) != 2 {
		t.Errorf("cases of %v", rules)
	}
}
