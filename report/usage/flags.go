package usage

import (
	"slices"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/services/profile"
)

// Bool is a flag without a value.
func Bool(name, use string, short ...string) cli.Flag {
	return &cli.BoolFlag{Name: name, Aliases: short, Usage: use, DisableDefaultText: true}
}

// Output is -o.
func Output() cli.Flag {
	return &cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of the screen; - is the screen"}
}

// oneOf lists the values of a flag.
func oneOf(flag string) string { return OneOf(Values(flag)) }

// FormatFlags say how a report looks.
func FormatFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Usage: "`FORMAT` of the report: " + oneOf("format"), DefaultText: Values("format")[0]},
		Bool("json", "the same as --format json", "j"),
		Bool("accessible", "the same as --format text: sentences for screen readers; no progress"), Output(),
		Bool("ticket", "the text for whoever can mend it, instead of the report (text, markdown, jira or html)"),
		&cli.StringFlag{Name: "color", Value: "auto", DefaultText: "auto", Usage: "`WHEN` to use colours: " + oneOf("color")},
		Bool("ascii", "nothing beyond ASCII, also where the reader could show it"),
		Bool("bom", "begin CSV with a byte order mark, as Excel wants it (the default under Windows)"),
		Bool("quiet", "only the answer, without table and progress", "q"),
		Bool("verbose", "the evidence, too; each verdict goes to standard error as it comes", "v"),
	}
}

// EgressFlags say which ports' way out is looked at.
func EgressFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringFlag{Name: "ports", Aliases: []string{"p"}, Usage: "`LIST` of TCP ports: 25,445 or smtp or 20-25",
			DefaultText: EgressPorts},
		Bool("ipv4", "only IPv4 addresses", "4"),
		Bool("ipv6", "only IPv6 addresses", "6"),
		&cli.StringFlag{Name: "exclude", Usage: "`LIST` of ports and addresses that nothing is sent to"},
		Bool("no-dns", "do not look up the names of routers"), InterfaceFlag(),
	}, FormatFlags()...)
}

// CheckFlags say what is tested and how.
func CheckFlags() []cli.Flag {
	return slices.Concat([]cli.Flag{
		&cli.StringFlag{
			Name:    "ports",
			Aliases: []string{"p"},
			Usage:   "`LIST` of ports: 443 or 20,80,2000-2001 or https or 53/udp; - is all",
		},
		&cli.StringSliceFlag{Name: "profile", Usage: "ports that an application needs, by the profile's `NAME`; may be repeated",
			DefaultText: profile.Default},
		&cli.StringFlag{Name: "profile-file", Usage: "a profile from `FILE`"},
		&cli.StringFlag{Name: "require", Usage: "`HOW` many ports must be usable: " + oneOf("require"),
			DefaultText: "any, or as the profile says"},
		&cli.StringFlag{Name: "targets", Usage: "`FILE` with one target a line; - is standard input"},
		Bool("ipv4", "only IPv4 addresses", "4"),
		Bool("ipv6", "only IPv6 addresses", "6"),
		Bool("first-address", "only the first address of a name"),
		&cli.IntFlag{Name: "addresses", Value: probe.DefaultAddresses, Usage: "`NUMBER` of a name's addresses that are tested at most"},
		&cli.StringFlag{Name: "tls", Value: "auto", DefaultText: "auto", Usage: "`WHEN` to try TLS on open ports: " + oneOf("tls")},
		&cli.StringFlag{Name: "server-name", Usage: "`NAME` to ask for in TLS", DefaultText: "the target's"},
		&cli.StringFlag{Name: "timeout", Usage: "`SECONDS` for a port's whole verdict", DefaultText: probe.DefaultTimeout.String()},
		&cli.StringFlag{Name: "max-time", Usage: "`SECONDS` for the whole run; what has no verdict then is unknown", DefaultText: "none"},
		&cli.IntFlag{Name: "attempts", Value: probe.DefaultAttempts, Usage: "`NUMBER` of tries before silence is believed"},
		&cli.IntFlag{Name: "concurrency", Value: probe.DefaultConcurrency, Usage: "`NUMBER` of connections at the same time"},
		&cli.IntFlag{
			Name:        "rate",
			Usage:       "`NUMBER` of connections a second in a run of very many ports",
			DefaultText: "as many as get through",
		},
		&cli.StringFlag{
			Name:  "exclude",
			Usage: "`LIST` of ports and addresses that nothing is sent to; also in the file exclude of the configuration folder",
		},
		&cli.IntFlag{Name: "samples", Usage: "`NUMBER` of connections from different source ports to each port that answers",
			DefaultText: "none"},
		Bool("options", "connect to open ports with DSCP marks, ECN, Multipath TCP and Fast Open, too: plain passes, these do not? (Linux)"),
		Bool("mtu", "measure how large packets may be, and behind which hop larger ones vanish (Linux)"),
		Bool("careful", "send nothing to ports that accept a connection: only listen; nothing at all over UDP"),
		Bool("trace", "walk the path to every port, also to open ones"),
		Bool("no-trace", "never walk the path"),
		&cli.StringSliceFlag{Name: "resolver", Usage: "`ADDRESS` of a name server to compare with this computer's, also tls://ADDRESS or " +
			"https://ADDRESS/dns-query; may be repeated"},
		Bool("no-dns", "do not look up the names of routers"),
		&cli.StringFlag{Name: "proxy", Usage: "only through the proxy at `URL` (http, socks5h ...); pac:FILE or pac:URL: as a PAC file says; " +
			"auto: as this computer is set", DefaultText: "direct, then as this computer is set"},
		&cli.StringFlag{Name: "snmp-community", Usage: "`FILE` with the community for SNMP (UDP 161); or set " + CommunityVariable},
		&cli.StringFlag{Name: "proxy-login", Usage: "`FILE` with name:password for the proxy"},
		Bool("direct", "never through a proxy"), InterfaceFlag(),
		Redact(), RedactTarget(),
		Bool("watch", "test again and again and say what changes, until Ctrl-C; --watch 30 is every 30 seconds"),
		&cli.StringFlag{Name: "watch-interval", Usage: "`SECONDS` from test to test; also behind --watch",
			DefaultText: WatchInterval.String()},
		&cli.StringFlag{Name: "until", Usage: "`END` of --watch: " + oneOf("until"), DefaultText: "Ctrl-C"},
		&cli.StringFlag{Name: "hold", Usage: "then leave connections idle for `TIME` (300 or 5m) and say whether they still work"},
		&cli.StringFlag{Name: "bundle", Usage: "report, ticket, routes, name servers, proxies and version into `FILE`.zip, redacted"},
	}, farFlags(), FromFlags(), FormatFlags())
}

// Redact hides whose report it is.
func Redact() cli.Flag {
	return Bool("redact", "hide this computer's names and addresses, user and domains; --redact=target hides the target, too")
}

// RedactTarget hides the target, too.
func RedactTarget() cli.Flag { return Bool("redact-target", "the same as --redact=target") }

// ShowFlags say how a report that was kept is shown.
func ShowFlags() []cli.Flag { return append(FormatFlags(), Redact(), RedactTarget()) }
