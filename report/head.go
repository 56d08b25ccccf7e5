package report

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/report/phrase"
)

// Head says when, by which version and on which computer a report was made.
func (d *Document) Head() string {
	head := d.When()
	if head != "" {
		head += ", "
	}
	head += "whyport " + d.Tool.Version
	if d.Source.Hostname != nil {
		head += " on " + phrase.Short(*d.Source.Hostname, 40)
	}
	return head
}

// When is the time of day here, and in UTC as logs have it: "2026-01-02 04:04:05 +01:00 (03:04:05 UTC)".
func (d *Document) When() string {
	utc, err := time.Parse(time.RFC3339, d.Started)
	if err != nil || utc.Year() < 1970 {
		return ""
	}
	local, err := time.Parse(time.RFC3339, d.StartedLocal)
	if err != nil {
		return utc.Format("2006-01-02 15:04:05 UTC")
	}
	as := "15:04:05 UTC"
	if local.Format(time.DateOnly) != utc.Format(time.DateOnly) {
		as = "2006-01-02 15:04:05 UTC"
	}
	return local.Format("2006-01-02 15:04:05 -07:00") + " (" + utc.Format(as) + ")"
}

// Way says from where a target was asked, and which name server told its addresses.
func (t *Target) Way() string {
	var from []string
	for _, o := range t.From {
		s := "from " + o.Address
		if o.Interface != nil {
			s += " on " + phrase.Short(*o.Interface, 20)
			if kind := worthSaying[Value(o.Medium)]; kind != "" {
				s += " (" + kind + ")"
			}
		}
		if o.Gateway != nil {
			s += " by gateway " + *o.Gateway
		}
		from = append(from, s)
	}
	if s := Value(t.Resolution.Server); s != "" {
		from = append(from, "name server "+s)
	}
	return strings.Join(from, ", ")
}

// worthSaying are the kinds of interfaces that explain what a cable would not.
var worthSaying = map[string]string{
	string(evidence.WiFi): "Wi-Fi", string(evidence.Mobile): "mobile", string(evidence.Tunnel): "VPN",
}

// mostOutlets bounds the ways that are told of.
const mostOutlets = 4

// outlets are how the target's ports were asked, a family or an interface once.
func outlets(run *probe.Run, t *probe.TargetRun) (out []Outlet) {
	var last netip.Addr
	var known []netip.Addr
	for i := range t.Results {
		p := &t.Results[i].Port
		if p.Addr == last || slices.Contains(known, p.Addr) {
			continue
		}
		source := sourceOf(p.Attempts)
		if !source.IsValid() {
			continue
		}
		if last = p.Addr; len(known) < 64 {
			known = append(known, p.Addr)
		}
		o := OutletOf(run, source, p.Addr)
		same := func(b Outlet) bool {
			return b.Address == o.Address && Value(b.Interface) == Value(o.Interface) && Value(b.Gateway) == Value(o.Gateway)
		}
		if len(out) < mostOutlets && !slices.ContainsFunc(out, same) {
			out = append(out, o)
		}
	}
	return out
}

// OutletOf is how a connection left this computer.
func OutletOf(run *probe.Run, source, to netip.Addr) Outlet {
	name, gateway := run.Ways.Out(source, to)
	return Outlet{Address: phrase.Clean(source.String()), Interface: text(name), Gateway: address(gateway),
		Medium: text(string(run.Ways.Media[name]))}
}
