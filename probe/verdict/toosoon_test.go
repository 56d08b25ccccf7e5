package verdict

import (
	"testing"
	"time"

	"whyport/probe/evidence"
)

// TestCutTooSoon: a busy computer measures one of two ends too long; the shorter one is still no server's.
func TestCutTooSoon(t *testing.T) {
	const server = 34 * time.Millisecond
	for _, c := range []struct {
		name         string
		large, small time.Duration
		kind         string
		want         bool
	}{
		{"both soon", 3 * time.Millisecond, 3 * time.Millisecond, "small-hello", true},
		{"one measured late", 18 * time.Millisecond, 3 * time.Millisecond, "small-hello", true},
		{"both the server's", 36 * time.Millisecond, 35 * time.Millisecond, "small-hello", false},
		{"another name is another's", 36 * time.Millisecond, 3 * time.Millisecond, "neutral-name", false},
	} {
		p := &evidence.Port{Protocol: evidence.TCP, Speech: &evidence.Speech{TLS: &evidence.TLS{State: evidence.TLSReset, Handshake: c.large,
			Variants: []evidence.TLSVariant{{Kind: c.kind, State: evidence.TLSReset, After: c.small}}}}}
		if got := observe(p, &evidence.Host{RTT: server}).tlsCutTooSoon(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
