package usage

import (
	"io"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/egress"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
)

// EgressPorts are asked where none are named: those that networks forbid most, and those that they seldom do.
const EgressPorts = "21,22,25,53,80,110,143,443,445,465,587,993,995,3389,5060,8080"

// Egress makes of flags and arguments the ports whose way out is looked at, and those that they are compared with.
func Egress(c *cli.Context, names *services.Registry, stdin io.Reader) (plan probe.Plan, against []uint16, err error) {
	if !c.Args().Present() {
		return plan, nil, New("type an address outside: whyport egress server.example -p 25,445", "no address is named to send towards")
	}
	if c.Bool("ipv4") && c.Bool("ipv6") {
		return plan, nil, Exclusive("--ipv4", "--ipv6")
	}
	list := lists{names: names, require: string(verdict.All), shared: map[hint]probe.Target{}}
	asked := EgressPorts
	if c.IsSet("ports") {
		asked = c.String("ports")
	}
	if err := list.parse(asked); err != nil {
		return plan, nil, err
	}
	found, err := targetsOf(c, c.Args().Slice(), stdin, list.portOf)
	if err != nil {
		return plan, nil, err
	}
	without, err := excluded(c, names)
	if err != nil {
		return plan, nil, err
	}
	for _, p := range egress.References() {
		if !without.endpoints[services.Endpoint{Port: p, Protocol: string(evidence.TCP)}] {
			against = append(against, p)
		}
	}
	plan.Options = probe.Options{NoNames: c.Bool("no-dns"), Family: family(c), Exclude: without.addresses}
	if EachInterface(c) {
		return plan, nil, New("name one: --interface NAME; whyport here lists them", "the way out is looked at through one interface")
	}
	if err := throughInterface(c, &plan.Options); err != nil {
		return plan, nil, err
	}
	for _, t := range found {
		if without.has(t.Addr) {
			return plan, nil, New("name another address outside", "%s is excluded", t.Addr)
		}
		planned := without.ports(list.target(t))
		for _, p := range planned.Candidates {
			if p.Protocol != evidence.TCP {
				return plan, nil, New(
					"name TCP ports alone",
					"only TCP ports can be looked at on their way out, and %d/%s is none",
					p.Port,
					p.Protocol,
				)
			}
		}
		if len(planned.Candidates) > maxEgress {
			return plan, nil, New("name the ports that matter: -p 25,445", "that is more than %d ports", maxEgress)
		}
		plan.Targets = append(plan.Targets, planned)
	}
	return plan, against, nil
}

// maxEgress bounds the ports of a target: routers answer about one packet a second.
const maxEgress = 100

func family(c *cli.Context) int {
	switch {
	case c.Bool("ipv4"):
		return 4
	case c.Bool("ipv6"):
		return 6
	}
	return 0
}
