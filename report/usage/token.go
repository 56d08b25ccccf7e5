package usage

import (
	"strconv"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/farend/ask"
	"whyport/probe/target"
	"whyport/services"
)

// maxBack is how many ports of this computer are tried from the server.
const maxBack = 8

// farFlags are those for a server on which whyport listen runs.
func farFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "token", Usage: "`TOKEN` of whyport listen at the server: ask there what arrives"},
		&cli.StringFlag{Name: "code", Usage: "six `LETTERS` that whyport listen shows, for when no port works; with --token"},
		&cli.StringFlag{Name: "meet", Usage: "`PORT` on which whyport peer at the server answers, too; with --token"},
		&cli.StringFlag{Name: "peer", Usage: "`HOST` of ssh (ssh:HOST): run whyport peer there, and say what the server has on each port"},
		&cli.StringFlag{Name: "connect-back", Usage: "`LIST` of TCP ports of this computer that the server is to connect to; with --token"},
	}
}

// farEnd is what is asked of the server's end; nil: nothing.
func farEnd(c *cli.Context, names *services.Registry, plan *probe.Plan) (*ask.Options, error) {
	if !c.IsSet("token") {
		for _, flag := range []string{"code", "connect-back", "meet"} {
			if c.IsSet(flag) {
				return nil, New("add --token; whyport listen at the server shows it", "--%s is about --token, which is not given", flag)
			}
		}
		return nil, nil
	}
	if err := farFits(c, "--token", plan); err != nil {
		return nil, err
	}
	token, err := tokenOf(c)
	if err != nil {
		return nil, err
	}
	o := &ask.Options{Token: token, Code: c.String("code")}
	if o.Back, err = backPorts(c, names, maxBack); err != nil {
		return nil, err
	}
	if c.IsSet("meet") {
		n, err := strconv.ParseUint(c.String("meet"), 10, 16)
		if err != nil || n == 0 {
			return nil, New("copy it from the screen of whyport peer: --meet 50123", "--meet can't be %s", target.Shown(c.String("meet")))
		}
		o.Meet = uint16(n)
	}
	if c.IsSet("code") {
		for _, t := range plan.Targets {
			if _, _, err := token.ReadCode(o.Code, tcpOf(t)); err != nil {
				return nil, New("read it again, and name the ports of whyport listen with -p", "--code can't be that: %v", err)
			}
		}
	}
	return o, nil
}

// farFits refuses what can't be had together with questions to the server's end, which flag asks for.
func farFits(c *cli.Context, flag string, plan *probe.Plan) error {
	for _, other := range []string{"proxy", "hold", "careful", "max-time"} {
		if c.IsSet(other) {
			return Exclusive(flag, "--"+other)
		}
	}
	if probe.IsLarge(plan) {
		return New("name the ports that the server's end listens on: -p 443,8443", "so many ports can't be asked about at the server")
	}
	return nil
}

func tcpOf(t probe.Target) (out []uint16) {
	for _, p := range t.Candidates {
		if p.Protocol == evidence.TCP {
			out = append(out, p.Port)
		}
	}
	return out
}
