package usage

import (
	"net"
	"net/netip"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/lookup"
	"whyport/report"
	"whyport/report/redact"
	"whyport/report/saved"
)

// Redactor hides what the flags want hidden; nil hides nothing.
func Redactor(c *cli.Context, plan *probe.Plan) *redact.Redactor {
	target := c.Bool("redact-target")
	if !target && !c.Bool("redact") {
		return nil
	}
	return hiding(plan, target)
}

// BundleRedactor is the report's own redactor, or one that keeps the target: a bundle is for strangers.
func BundleRedactor(c *cli.Context, plan *probe.Plan, own *redact.Redactor) *redact.Redactor {
	if own == nil && c.String("bundle") != "" {
		return hiding(plan, false)
	}
	return own
}

func hiding(plan *probe.Plan, target bool) *redact.Redactor {
	return redact.New(ownNames(), plan, target)
}

// ownNames are this computer's, its user's and its network's.
func ownNames() (own redact.Own) {
	own.Hostname, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		own.User = u.Username[strings.LastIndexByte(u.Username, '\\')+1:] // Windows: DOMAIN\user
	}
	own.Domains = append(lookup.SearchDomains(), os.Getenv("USERDNSDOMAIN")) // set by Windows in a domain
	all, _ := net.InterfaceAddrs()
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own.Addresses = append(own.Addresses, p.Addr())
		}
	}
	return own
}

// redacted are saved reports as the flags want them shown: what is equal in several stays equal.
func redacted(c *cli.Context, reports []*saved.Report) (out []*saved.Report, err error) {
	target := c.Bool("redact-target")
	if !target && !c.Bool("redact") {
		return reports, nil
	}
	own, plan := ownNames(), &probe.Plan{}
	for _, r := range reports {
		plan.Targets = append(plan.Targets, savedTargets(r.Document)...)
	}
	here := own.Hostname
	own.Hostname = ""
	hide := redact.New(own, plan, target)
	for i, r := range reports {
		instead := "this-computer"
		if i > 0 {
			instead = "computer-" + strconv.Itoa(i+1)
		}
		hide.Computer(report.Value(r.Source.Hostname), instead)
		for _, a := range addressesOf(r.Document) {
			hide.Own(a)
		}
	}
	hide.Computer(here, "this-computer")
	for _, r := range reports {
		one, err := r.Redacted(hide.Text)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// savedTargets are a report's targets with their addresses, as a plan names them.
func savedTargets(doc *report.Document) (out []probe.Target) {
	for _, t := range doc.Targets {
		one := probe.Target{Host: t.Host}
		addresses := slices.Clone(t.Resolution.Addresses)
		for _, p := range t.Ports {
			if p.Address != nil && !slices.Contains(addresses, *p.Address) {
				addresses = append(addresses, *p.Address)
			}
			if p.Host != nil {
				one.Candidates = append(one.Candidates, probe.Candidate{Host: *p.Host})
			}
		}
		out = append(out, one)
		for _, a := range addresses {
			if addr, err := netip.ParseAddr(a); err == nil {
				out = append(out, probe.Target{Host: t.Host, Addr: addr})
			}
		}
	}
	return out
}

// addressesOf are those of the computer that a report was made on.
func addressesOf(doc *report.Document) (out []netip.Addr) {
	all := slices.Clone(doc.Source.Addresses)
	for _, t := range doc.Targets {
		for _, o := range t.From {
			all = append(all, o.Address)
		}
	}
	for _, a := range all {
		if addr, err := netip.ParseAddr(a); err == nil {
			out = append(out, addr)
		}
	}
	return out
}
