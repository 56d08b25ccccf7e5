package exporter

import (
	"maps"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"whyport/report"
	"whyport/report/metric"
)

// The values of the label usable.
const (
	usableYes     = "yes"
	usableNo      = "no"
	usableUnknown = "unknown"
)

// port is one port of a target on all its addresses: those of a name may change from day to day, and each would be a new series.
type port struct {
	best      *report.Entry // where it fares best
	addresses map[string]int
	expires   time.Time // the first of the certificates to end
}

// portsOf brings the addresses of each port together, in the ports' order.
func portsOf(entries []*report.Entry) (out []*port) {
	type key struct {
		number         uint16
		protocol, host string
	}
	known := map[key]*port{}
	counted := map[string]bool{}
	for _, e := range entries {
		k := key{e.Port.Port, e.Protocol, report.Value(e.Host)}
		p := known[k]
		if p == nil {
			p = &port{best: e, addresses: map[string]int{usableYes: 0, usableNo: 0, usableUnknown: 0}}
			known[k], out = p, append(out, p)
		}
		at := k.protocol + strconv.Itoa(int(k.number)) + k.host + " " + report.Value(e.Address)
		if counted[at] {
			continue // asked twice alike
		}
		counted[at] = true
		p.addresses[usableOf(e)]++
		if rank(e) > rank(p.best) {
			p.best = e
		}
		if e.TLS != nil && e.TLS.Certificate != nil {
			if end, err := time.Parse(time.RFC3339, e.TLS.Certificate.NotAfter); err == nil {
				p.expires = sooner(p.expires, end)
			}
		}
	}
	return out
}

func usableOf(e *report.Entry) string {
	switch {
	case report.IsTrue(e.Usable):
		return usableYes
	case report.IsFalse(e.Usable):
		return usableNo
	}
	return usableUnknown
}

// rank: one usable address is enough; where none is, one that was not established could be.
func rank(e *report.Entry) int {
	return map[string]int{usableYes: 2, usableUnknown: 1, usableNo: 0}[usableOf(e)]
}

// write writes the metrics of the port.
func (p *port) write(out samples) {
	e := p.best
	labels := prometheus.Labels{"port": strconv.Itoa(int(e.Port.Port)), "protocol": e.Protocol, "host": report.Value(e.Host)}
	with := func(more prometheus.Labels) prometheus.Labels {
		all := maps.Clone(labels)
		maps.Copy(all, more)
		return all
	}
	out.add(metric.PortUsable, truth(e.Usable), labels)
	info := prometheus.Labels{"service": report.Value(e.Service.Name), "state": e.State, "reason": e.Reason, "party": "",
		"confidence": report.Value(e.Confidence)}
	if e.Where != nil {
		info["party"] = e.Where.Party
		if e.Where.Hop != nil && !report.IsTrue(e.Usable) {
			out.add(metric.PortStopHop, float64(*e.Where.Hop), labels)
		}
	}
	out.add(metric.PortInfo, 1, with(info))
	for usable, n := range p.addresses {
		out.add(metric.PortAddresses, float64(n), with(prometheus.Labels{"usable": usable}))
	}
	if e.Answered > 0 {
		out.add(metric.PortAnswer, e.Answered.Seconds(), labels)
	}
	seconds(out, metric.PortDuration, e.Duration, labels)
	if e.TLS != nil && e.TLS.Version != nil {
		seconds(out, metric.TLSHandshake, e.TLS.Handshake, labels)
	}
	if !p.expires.IsZero() {
		out.add(metric.CertificateExpires, float64(p.expires.Unix()), labels)
	}
}

// seconds writes a duration where it is known.
func seconds(out samples, name string, ms *report.Millis, labels prometheus.Labels) {
	if ms != nil {
		out.add(name, float64(*ms)/1000, labels)
	}
}
