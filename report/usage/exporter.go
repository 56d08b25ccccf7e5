package usage

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/target"
	"whyport/report/exporter"
	"whyport/services"
	"whyport/services/profile"
)

// maxProbes bounds --concurrency of the exporter: each probe can have 64 connections.
const maxProbes = 1000

// ExporterFlags say what the exporter may test, for whom, and how.
func ExporterFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "listen", Usage: "`ADDRESS` and port to answer at, such as :9916", DefaultText: exporter.DefaultListen},
		&cli.StringFlag{Name: "allow", Usage: "`LIST` of what may be tested: names, *.corp.example, addresses, ranges and ports as :443; " +
			"without it the exporter answers on this computer alone", DefaultText: "for ports: those of the profiles"},
		&cli.StringFlag{Name: "web-config", Usage: "`FILE` with TLS and users, as exporter-toolkit's --web.config.file has it"},
		&cli.IntFlag{Name: "concurrency", Value: exporter.DefaultConcurrency, Usage: "`NUMBER` of probes at the same time"},
		&cli.StringFlag{Name: "timeout", Usage: "`SECONDS` for a probe at most, whatever the scrape waits",
			DefaultText: exporter.DefaultLongest.String()},
		&cli.StringFlag{Name: "timeout-offset", Usage: "`SECONDS` of the scrape's time-out that are left for the answer's way",
			DefaultText: exporter.DefaultOffset.String()},
		&cli.StringFlag{Name: "exclude", Usage: "`LIST` of ports and addresses that nothing is sent to; also in the file exclude of the " +
			"configuration folder"},
		Bool("ipv4", "only IPv4 addresses", "4"), Bool("ipv6", "only IPv6 addresses", "6"),
		Bool("careful", "send nothing to ports that accept a connection: only listen; nothing at all over UDP"),
		Bool("no-trace", "never walk the path: fewer packets, and no hop of the stop"),
		&cli.StringFlag{Name: "snmp-community", Usage: "`FILE` with the community for SNMP (UDP 161); or set " + CommunityVariable},
		Bool("verbose", "a log on standard error", "v"),
		&cli.StringFlag{Name: "print", Usage: "print what a fleet needs beside it, and end: `WHAT` is " + oneOf("print")}, Output(),
	}
}

// ExporterFile is what --print asks for; nil where it is not given.
func ExporterFile(c *cli.Context) ([]byte, error) {
	if err := NoWords(c); err != nil {
		return nil, err
	}
	if !c.IsSet("print") {
		if c.IsSet("output") {
			return nil, New("type whyport exporter --print "+Values("print")[0]+" -o FILE", "--output is about --print, which is not given")
		}
		return nil, nil
	}
	if err := Choice("--print", c.String("print"), Values("print")...); err != nil {
		return nil, err
	}
	return exporter.File(c.String("print"))
}

// Exporter is the exporter that the flags ask for, and where it listens.
func Exporter(c *cli.Context, names *services.Registry) (*exporter.Exporter, net.Listener, error) {
	at, local, err := listenAddress(c.String("listen"))
	if err != nil {
		return nil, nil, err
	}
	config := exporter.Config{Execute: probe.Execute, Names: names, Version: Version(), WebConfig: c.String("web-config"), Log: slog.Default()}
	if config.Plan, err = probePlan(c, names); err != nil {
		return nil, nil, err
	}
	switch {
	case c.IsSet("allow"):
		config.Allow, err = exporter.ParseAllow(c.String("allow"), names)
	case local:
		config.Allow = exporter.Everything()
	default:
		err = New("name what may be tested: --allow 192.0.2.0/24,*.corp.example; or answer on this computer alone: --listen "+
			exporter.DefaultListen, "whoever reaches %s could test what they like", at)
	}
	if err == nil {
		err = exporterLimits(c, &config)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := exporter.CheckWebConfig(config.WebConfig); err != nil {
		return nil, nil, New("see https://prometheus.io/docs/prometheus/latest/configuration/https/", "--web-config %s can't be used: %v",
			target.ShownFile(config.WebConfig), err)
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, nil, notListening(at, err)
	}
	return exporter.New(config), l, nil
}

func exporterLimits(c *cli.Context, config *exporter.Config) (err error) {
	config.Concurrency, config.Longest, config.Offset = c.Int("concurrency"), exporter.DefaultLongest, exporter.DefaultOffset
	if err := Between("--concurrency", config.Concurrency, 1, maxProbes); err != nil {
		return err
	}
	if c.IsSet("timeout") {
		if config.Longest, err = Seconds("--timeout", c.String("timeout"), minTimeout, maxTimeout); err != nil {
			return err
		}
	}
	if c.IsSet("timeout-offset") {
		config.Offset, err = Seconds("--timeout-offset", c.String("timeout-offset"), 0, maxTimeout)
	}
	return err
}

// listenAddress reads where to listen; local: only this computer's own programs reach it.
func listenAddress(text string) (at string, local bool, err error) {
	if text == "" {
		text = exporter.DefaultListen
	}
	host, port, err := net.SplitHostPort(text)
	n, wrong := strconv.ParseUint(port, 10, 16)
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, notAddress := netip.ParseAddr(host)
	if err != nil || wrong != nil || host != "" && notAddress != nil {
		return "", false, New("type an address of this computer and a port: --listen "+exporter.DefaultListen+", or --listen :9916 for all",
			"--listen can't be %s", target.Shown(text))
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), host != "" && addr.IsLoopback(), nil
}

// notListening says why the exporter can't listen.
func notListening(at string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return New("end the program that has it (whyport exporter may run already), or choose another port: --listen 127.0.0.1:9917",
			"%s is in use", at)
	case errors.Is(err, syscall.EACCES):
		return New("choose a port above 1023: --listen :9916", "this user may not listen at %s", at)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return New("type an address that this computer has, or --listen :9916 for all of them", "%s is no address of this computer", at)
	}
	return fmt.Errorf("the exporter can't listen at %s: %w", at, err)
}

// PrintListening says that the exporter is ready.
func PrintListening(w io.Writer, l net.Listener) {
	fmt.Fprintf(w, "The exporter answers at %s; Ctrl-C ends it.\n", l.Addr())
}

// probePlan makes the plans of probes. Nothing of a query is read from this computer's files but profiles, by their names.
func probePlan(c *cli.Context, names *services.Registry) (func(exporter.Query) (probe.Plan, error), error) {
	if c.Bool("ipv4") && c.Bool("ipv6") {
		return nil, Exclusive("--ipv4", "--ipv6")
	}
	o := probe.Options{Family: family(c), Careful: c.Bool("careful"), NoNames: true}
	if c.Bool("no-trace") {
		o.Trace = probe.TraceNever
	}
	without, err := excluded(c, names)
	if err == nil {
		o.Community, err = community(c)
	}
	o.Exclude, o.ExcludePort = without.addresses, without.port
	return func(q exporter.Query) (probe.Plan, error) {
		list := lists{names: names, require: q.Require, shared: map[hint]probe.Target{}}
		if err := Choice("require", q.Require, append([]string{""}, Values("require")...)...); err != nil {
			return probe.Plan{}, err
		}
		t, err := oneTarget(c, &list, q.Target)
		if err != nil {
			return probe.Plan{}, err
		}
		for _, name := range q.Profiles {
			p, err := profile.Find(name)
			if err != nil {
				return probe.Plan{}, err
			}
			list.profiles = append(list.profiles, p)
		}
		if q.Ports != "" {
			if err := list.parse(q.Ports); err != nil {
				return probe.Plan{}, err
			}
		}
		planned := without.ports(list.target(t))
		if without.has(t.Addr) || len(planned.Candidates) == 0 {
			return probe.Plan{}, New("leave it out of the exporter's --exclude", "%s is excluded", target.Shown(t.Host))
		}
		return probe.Plan{Targets: []probe.Target{planned}, Options: o}, nil
	}, err
}

// oneTarget understands the target of a query.
func oneTarget(c *cli.Context, list *lists, text string) (t target.Target, err error) {
	found, err := target.Parse(text, list.portOf)
	if err != nil {
		return t, err
	}
	if len(found) != 1 {
		return t, New("ask for each address by itself", "%s are %d targets", target.Shown(text), len(found))
	}
	t = found[0]
	if err := onion(t, false); err != nil {
		return t, err
	}
	if err := interfaceOf(t); err != nil {
		return t, err
	}
	return t, familyOf(t, c.Bool("ipv4"), c.Bool("ipv6"))
}
