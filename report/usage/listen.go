package usage

import (
	"context"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe/confine"
	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/farend/listen"
	"whyport/probe/target"
	"whyport/report/arrivals"
	"whyport/services"
)

// Bounds of --for.
const (
	minListen = time.Second
	maxListen = 24 * time.Hour
)

// listenCodes are those of a listener.
const listenCodes = `
Exit codes:
   0  it listened, until --for was over or Ctrl-C
   2  the command line is wrong, or a port can't be had
   3  it could not be written
`

// ListenHelp is Help for a listener.
func ListenHelp(flags []cli.Flag, examples ...string) string {
	return help(flags, listenCodes, examples)
}

// ListenFlags say how the server's end listens.
func ListenFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "for", Usage: "end after `TIME` (600 or 10m)", DefaultText: "Ctrl-C"},
		&cli.StringSliceFlag{Name: "bind", Usage: "only at this `ADDRESS` of this computer; may be repeated", DefaultText: "all"},
		&cli.StringFlag{Name: "token", Usage: "the `TOKEN` of an earlier run", DefaultText: "a new one"},
		&cli.StringFlag{Name: "connect-back", Usage: "`LIST` of ports of the client that it may ask to be connected to; - is all",
			DefaultText: "none"},
		Bool("json", "NDJSON: a line of JSON for each arrival", "j"),
	}
}

// Listening is a listener and for how long.
type Listening struct {
	options listen.Options
	length  time.Duration // 0: until ctx ends
	json    bool
}

// Listen reads flags and arguments of a listener.
func Listen(c *cli.Context, names *services.Registry) (*Listening, error) {
	l := &Listening{json: c.Bool("json")}
	var err error
	if l.options.Ports, err = listenPorts(c, names); err != nil {
		return nil, err
	}
	if c.IsSet("for") {
		if l.length, err = Seconds("--for", c.String("for"), minListen, maxListen); err != nil {
			return nil, err
		}
	}
	for _, typed := range c.StringSlice("bind") {
		a, err := netip.ParseAddr(strings.Trim(typed, "[]"))
		if err != nil || a.IsUnspecified() {
			return nil, New("type an address of this computer: --bind 192.0.2.7", "--bind can't be %s", target.Shown(typed))
		}
		l.options.Bind = append(l.options.Bind, a.Unmap())
	}
	if l.options.Token, err = tokenOf(c); err != nil {
		return nil, err
	}
	l.options.Back, err = backPorts(c, names, 1<<16)
	return l, err
}

// listenPorts are the ports to listen on.
func listenPorts(c *cli.Context, names *services.Registry) (out []listen.Port, err error) {
	if !c.Args().Present() {
		return nil, New("type ports: whyport "+c.Command.Name+" 443,8443,5060/udp", "no port is named to listen on")
	}
	found, err := names.ParsePorts(strings.Join(c.Args().Slice(), ","))
	if err != nil {
		return nil, err
	}
	if len(found) > listen.MaxPorts {
		return nil, New("name those that matter: whyport listen 443,8443", "at most %d ports can be listened on", listen.MaxPorts)
	}
	for _, e := range found {
		out = append(out, listen.Port{Port: e.Port, Protocol: evidence.Protocol(e.Protocol)})
	}
	return out, nil
}

// tokenOf is the flag's, or a new one.
func tokenOf(c *cli.Context) (farend.Token, error) {
	if !c.IsSet("token") {
		return farend.NewToken(), nil
	}
	t, err := farend.ParseToken(c.String("token"))
	if err != nil {
		return t, New("copy it from the screen of whyport listen: --token "+strings.Repeat("XXXX-", 3)+"XXXX", "--token is not one: %v", err)
	}
	return t, nil
}

// backPorts are those of --connect-back.
func backPorts(c *cli.Context, names *services.Registry, most int) (out []uint16, err error) {
	if !c.IsSet("connect-back") {
		return nil, nil
	}
	found, err := names.ParsePorts(c.String("connect-back"))
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		if e.Protocol != string(evidence.TCP) {
			return nil, New("name TCP ports: --connect-back 5061", "connections back are made over TCP alone")
		}
		out = append(out, e.Port)
	}
	if len(out) > most {
		return nil, New("name fewer: --connect-back "+"5060,5061", "at most %d ports can be connected back to", most)
	}
	return out, nil
}

// Run listens, and writes what arrives.
func (l *Listening) Run(ctx context.Context, w io.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := arrivals.New(w, l.json)
	var lost error
	l.options.Event = func(e listen.Event) {
		if err := p.Event(e); err != nil && lost == nil {
			lost = err
			stop(err) // nobody reads any more
		}
	}
	opened, err := listen.Open(ctx, l.options)
	if err != nil {
		return err
	}
	if !l.options.Peer { // from here on the owners of ports can't be told
		confined(confine.Needs{})
	}
	start := arrivals.Start{
		Watched: opened.Watched(), Addresses: opened.Addresses(), Captures: opened.Captures(), Token: l.options.Token.String(),
		Code: opened.NothingCode(), Tool: Version(), Meet: opened.Meeting(), Peer: l.options.Peer,
	}
	if l.options.Peer {
		start.Has = opened.Has(ctx)
	}
	for _, port := range l.options.Ports {
		if opened.Holds(port) {
			start.Ports = append(start.Ports, port)
		}
	}
	if l.length > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, l.length)
		defer done()
		start.Until = time.Now().Add(l.length)
	}
	if err := p.Begin(start); err != nil {
		opened.Close()
		return err
	}
	opened.Run(ctx)
	if lost != nil {
		return lost
	}
	return p.End(opened.Turned())
}
