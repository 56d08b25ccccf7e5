package usage_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whyport/probe"
	"whyport/report/usage"
)

func TestWarnTracking(t *testing.T) {
	for _, c := range []struct {
		name        string
		addr        string
		ports, rate int
		most, used  string
		want        string // "" for silence
	}{
		{"all ports, default table", "198.18.0.1", 65535, 0, "262144", "300", "add 131070 "},
		{"all ports, large table", "198.18.0.1", 65535, 0, "1048576", "300", ""},
		{"all ports, table nearly full", "198.18.0.1", 5000, 0, "262144", "250000", "250000 are in use"},
		{"a few ports", "198.18.0.1", 100, 0, "262144", "300", ""},
		{"gently", "198.18.0.1", 65535, 500, "262144", "300", ""},
		{"gently, but a small table", "198.18.0.1", 65535, 500, "65536", "300", "or a lower --rate, avoid"},
		{"nothing is tracked", "198.18.0.1", 65535, 0, "262144", "0", ""},
		{"no such table", "198.18.0.1", 65535, 0, "", "", ""},
		{"this computer", "127.0.0.1", 65535, 0, "262144", "300", ""},
	} {
		dir := t.TempDir()
		if c.most != "" {
			for name, text := range map[string]string{"nf_conntrack_max": c.most, "nf_conntrack_count": c.used} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		plan := probe.Plan{Targets: []probe.Target{{Addr: netip.MustParseAddr(c.addr), Candidates: make([]probe.Candidate, c.ports)}}}
		plan.Options.Rate = c.rate
		var b strings.Builder
		usage.WarnTracking(&b, &plan, dir)
		if got := b.String(); (got == "") != (c.want == "") || !strings.Contains(got, c.want) || strings.Count(got, "\n") > 1 {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
