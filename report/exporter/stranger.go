package exporter

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// stranger refuses what a web page that somebody looks at could make a browser ask for. The exporter without --allow trusts
// whoever reaches it on this computer, so there the request must also be for this computer by its own name: a page whose name
// was made to lead to 127.0.0.1 would have another (DNS rebinding).
func (e *Exporter) stranger(r *http.Request) *refusal {
	switch r.Header.Get("Sec-Fetch-Site") { // W3C Fetch Metadata; Prometheus sends none
	case "", "none", "same-origin":
	default:
		return forbidden("open the exporter's own page", "another web page asked for the probe")
	}
	if e.Allow.everything && !namesLoopback(r.Host) {
		return forbidden("ask for 127.0.0.1, or start the exporter with --allow", "without --allow the exporter answers only as 127.0.0.1 or localhost")
	}
	return nil
}

// namesLoopback reports whether the header Host names this computer.
func namesLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}
