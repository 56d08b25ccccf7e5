package usage

import (
	"net"
	"net/netip"
	"os"
	"os/user"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/lookup"
	"whyport/report/redact"
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
