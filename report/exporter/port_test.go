package exporter

import (
	"testing"
	"time"

	"whyport/report"
)

// entry is port 443 at an address; expires is in days.
func entry(address string, usable *bool, reason string, expires int) *report.Entry {
	p := &report.Port{Address: &address, Port: 443, Protocol: "tcp", Usable: usable, Reason: reason}
	if expires > 0 {
		end := time.Unix(0, 0).AddDate(0, 0, expires).UTC().Format(time.RFC3339)
		p.TLS = &report.TLS{Certificate: &report.Certificate{NotAfter: end}}
	}
	return &report.Entry{Port: p, Numbers: []uint16{443}}
}

// A port is one series, however many addresses there are: one usable is enough, and where none is, what is not known decides.
func TestAddressesOfAPort(t *testing.T) {
	yes, no := new(true), new(false)
	for name, c := range map[string]struct {
		entries []*report.Entry
		reason  string
		counts  [3]int // yes, no, unknown
		expires int    // in days
	}{
		"one of three":    {[]*report.Entry{entry("a", no, "reset", 0), entry("b", yes, "syn-ack", 50), entry("c", yes, "late", 40)}, "syn-ack", [3]int{2, 1, 0}, 40},
		"not established": {[]*report.Entry{entry("a", no, "reset", 9), entry("b", nil, "interrupted", 0)}, "interrupted", [3]int{0, 1, 1}, 9},
		"none":            {[]*report.Entry{entry("a", no, "reset", 0), entry("b", no, "no-response", 0)}, "reset", [3]int{0, 2, 0}, 0},
		"asked twice":     {[]*report.Entry{entry("a", yes, "syn-ack", 0), entry("a", yes, "syn-ack", 0)}, "syn-ack", [3]int{1, 0, 0}, 0},
	} {
		all := portsOf(c.entries)
		if len(all) != 1 {
			t.Errorf("%s: %d ports", name, len(all))
			continue
		}
		p := all[0]
		if got := [3]int{p.addresses[usableYes], p.addresses[usableNo], p.addresses[usableUnknown]}; got != c.counts || p.best.Reason != c.reason {
			t.Errorf("%s: %v, %s", name, got, p.best.Reason)
		}
		if days := int(p.expires.Sub(time.Unix(0, 0)).Hours() / 24); c.expires == 0 != p.expires.IsZero() || c.expires > 0 && days != c.expires {
			t.Errorf("%s: expires on day %d", name, days)
		}
	}
}
