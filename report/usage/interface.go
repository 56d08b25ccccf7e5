package usage

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/here"
	"whyport/probe/socket"
	"whyport/probe/target"
	"whyport/report"
	"whyport/report/compare"
	"whyport/services"
)

// everyInterface is the value of --interface that stands for all of them, one after the other.
const everyInterface = "all"

// InterfaceFlag says which way out is taken; more is what else it can be.
func InterfaceFlag(more string) cli.Flag {
	return &cli.StringFlag{Name: "interface", Usage: "through the interface `NAME`, or from this computer's address" + more +
		"; the system looks names up as always", DefaultText: "as the routes say"}
}

// throughInterface makes a run leave by what --interface names.
func throughInterface(c *cli.Context, o *probe.Options) error {
	name := c.String("interface")
	if !c.IsSet("interface") || name == everyInterface {
		return nil
	}
	way, err := interfaceNamed(name)
	if err == nil {
		leaveBy(o, way)
	}
	return err
}

// leaveBy sends all of a run through an interface, questions to name servers included; the system's own resolver asks as it likes.
func leaveBy(o *probe.Options, way socket.Through) { o.Network, o.Resolver.Dial = way, way.Dial }

func interfaceNamed(name string) (socket.Through, error) {
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		for _, own := range (socket.System{}).Addresses() {
			if own == a.Unmap() {
				return socket.ByAddress(own), nil
			}
		}
		return socket.Through{}, New("type one of "+listed(ownAddresses())+", or an interface's name", "%s is no address of this computer", a)
	}
	all, _ := net.Interfaces()
	for _, i := range all {
		way, addressed := socket.ByDevice(i)
		if i.Name == name && !addressed {
			return way, New("connect it to a network first, or name another: whyport here lists them", "the interface %s has no address", i.Name)
		}
		if i.Name == name {
			return way, nil
		}
	}
	return socket.Through{}, New("type --interface and one of these: "+listed(ownInterfaces()), "this computer has no network interface %s", target.Shown(name))
}

// ownInterfaces are those that have an address.
func ownInterfaces() (names []string) {
	all, _ := net.Interfaces()
	for _, i := range all {
		if _, addressed := socket.ByDevice(i); addressed {
			names = append(names, i.Name)
		}
	}
	return names
}

func ownAddresses() (out []string) {
	for _, a := range probe.Reachable((socket.System{}).Addresses()) {
		out = append(out, a.String())
	}
	return out
}

func listed(names []string) string { return strings.Join(names, ", ") }

// EachInterface reports whether the runs of all interfaces are wanted side by side.
func EachInterface(c *cli.Context) bool { return c.String("interface") == everyInterface }

// SideBySide tests a plan through each interface that leads somewhere, one after the other, so that they don't share what routers
// owe, and compares what came of it.
func SideBySide(ctx context.Context, c *cli.Context, names *services.Registry, plan probe.Plan) (*compare.Comparison, int, error) {
	for _, flag := range []string{"ticket", "bundle", "watch", "redact", "redact-target", "hold", "token", "peer"} {
		if c.IsSet(flag) {
			return nil, 0, Exclusive("--interface all", "--"+flag)
		}
	}
	if probe.IsLarge(&plan) {
		return nil, 0, New("name the ports that matter: -p 443", "so many ports can't be compared through all interfaces")
	}
	var called []string
	var docs []*report.Document
	code := report.ExitNotTested
	for _, i := range leading() {
		p := plan
		way, err := interfaceNamed(i.Name)
		if err != nil {
			continue // it went meanwhile
		}
		leaveBy(&p.Options, way)
		run := probe.Execute(ctx, p, probe.Hooks{})
		called, docs = append(called, i.Name), append(docs, report.Build(run, names, Version()))
		code = better(code, report.ExitCode(run))
	}
	if len(docs) == 0 {
		return nil, 0, New("whyport here says what is wrong", "no interface leads to a network")
	}
	return compare.Of(called, docs), code, nil
}

// leading are the interfaces with a network that is not inside this computer.
func leading() (out []here.Interface) {
	for _, i := range here.Read().Interfaces {
		if i.Running && i.Medium != evidence.Bridge {
			out = append(out, i)
		}
	}
	return out
}

// better: one interface that meets the requirement is enough.
func better(a, b int) int {
	for _, code := range []int{report.ExitMet, report.ExitNotMet} {
		if a == code || b == code {
			return code
		}
	}
	return report.ExitNotTested
}
