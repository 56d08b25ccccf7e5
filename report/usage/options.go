package usage

import (
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/lookup"
	"whyport/probe/socket"
	"whyport/probe/target"
)

// Bounds of the flags.
const (
	minTimeout     = 500 * time.Millisecond
	maxTimeout     = 10 * time.Minute
	maxAttempts    = 14 // beyond it no loss is left that more would find
	maxConcurrency = 8192
	maxRate        = 1_000_000
	maxAddresses   = 4096
	minSamples     = 2
	maxSamples     = 256
	minRun         = time.Second
	maxRun         = 7 * 24 * time.Hour
)

// options checks the flags that say how ports are tested.
func options(c *cli.Context) (o probe.Options, err error) {
	if err := contradictions(c); err != nil {
		return o, err
	}
	if err := Choice("--tls", c.String("tls"), Values("tls")...); err != nil {
		return o, err
	}
	if c.IsSet("timeout") {
		if o.Timeout, err = Seconds("--timeout", c.String("timeout"), minTimeout, maxTimeout); err != nil {
			return o, err
		}
	}
	if o.Community, err = community(c); err != nil {
		return o, err
	}
	o.Attempts, o.Concurrency = c.Int("attempts"), c.Int("concurrency")
	if err := Between("--attempts", o.Attempts, 1, maxAttempts); err != nil {
		return o, err
	}
	if err := Between("--concurrency", o.Concurrency, 1, maxConcurrency); err != nil {
		return o, err
	}
	if !c.IsSet("concurrency") {
		o.Concurrency = 0 // large runs have a default of their own
	}
	if c.IsSet("rate") {
		o.Rate = c.Int("rate")
		if err := Between("--rate", o.Rate, 1, maxRate); err != nil {
			return o, err
		}
	}
	if c.IsSet("max-time") {
		if o.MaxTime, err = Seconds("--max-time", c.String("max-time"), minRun, maxRun); err != nil {
			return o, err
		}
	}
	if c.IsSet("addresses") {
		o.Addresses = c.Int("addresses")
		if err := Between("--addresses", o.Addresses, 1, maxAddresses); err != nil {
			return o, err
		}
	}
	if c.IsSet("server-name") {
		if o.ServerName, err = serverName(c.String("server-name")); err != nil {
			return o, err
		}
	}
	if c.IsSet("samples") {
		o.Samples = c.Int("samples")
		if err := Between("--samples", o.Samples, minSamples, maxSamples); err != nil {
			return o, err
		}
	}
	if o.Extras = c.Bool("options"); o.Extras && !socket.CanExtra {
		return o, New("leave --options out here", "--options needs what only Linux lets everybody set on a connection")
	}
	if o.MTU = c.Bool("mtu"); o.MTU && !socket.CanSize {
		return o, New("leave --mtu out here", "--mtu needs what only Linux tells of packets' sizes")
	}
	for _, typed := range c.StringSlice("resolver") {
		server, err := lookup.ParseServer(typed)
		if err != nil {
			return o, New(
				"type its address: --resolver 192.0.2.53 (or 192.0.2.53:5353, an IPv6 address, tls://192.0.2.53 or https://192.0.2.53/dns-query)",
				"--resolver can't be %q",
				typed,
			)
		}
		o.Resolver.Compare = append(o.Resolver.Compare, server)
	}
	o.Family = family(c)
	switch {
	case c.Bool("trace"):
		o.Trace = probe.TraceAlways
	case c.Bool("no-trace"):
		o.Trace = probe.TraceNever
	}
	o.TLS = probe.TLSMode(c.String("tls"))
	if o.Careful = c.Bool("careful"); o.Careful && o.TLS == probe.TLSAlways {
		return o, Exclusive("--careful", "--tls always")
	}
	o.FirstAddress, o.NoNames = c.Bool("first-address"), c.Bool("no-dns")
	if err := throughInterface(c, &o); err != nil {
		return o, err
	}
	err = proxyOf(c, &o)
	return o, err
}

func contradictions(c *cli.Context) error {
	for _, pair := range [][2]string{{"ipv4", "ipv6"}, {"trace", "no-trace"}} {
		if c.Bool(pair[0]) && c.Bool(pair[1]) {
			return Exclusive("--"+pair[0], "--"+pair[1])
		}
	}
	return nil
}

// serverName checks the name to ask for in TLS: a name, without port.
func serverName(text string) (string, error) {
	found, err := target.Parse(text, nil)
	if err != nil || len(found) != 1 || found[0].ServerName == "" || found[0].Port != 0 {
		return "", New("type a name alone: --server-name server.example", "--server-name can't be %s", target.Shown(text))
	}
	return found[0].ServerName, nil
}
