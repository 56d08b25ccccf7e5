package usage

import (
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/report/compare"
)

// App is the program with its table of commands. Each does what actions has under its name; "" is for none.
func App(actions map[string]cli.ActionFunc) *cli.App {
	return &cli.App{
		Name: "whyport", Usage: "which ports of a server this computer can reach, and why not",
		UsageText: "whyport TARGET... [FLAGS]\n   whyport COMMAND [ARGUMENTS] [FLAGS]\n\n" +
			"   A target is a name, an address, host:port, a URL or a range (192.0.2.0/28).",
		HideVersion: true, HideHelpCommand: true,
		Action: actions[""], OnUsageError: BadValue,
		ExitErrHandler: func(*cli.Context, error) {}, // the caller decides
		Flags:          []cli.Flag{Bool("version", "show the version")},
		CustomAppHelpTemplate: AppHelp(CheckFlags(),
			"whyport server.example                             ports in frequent use",
			"whyport server.example -p 443,2000-2001 --verbose  these, with evidence",
			"whyport mail.example --profile mail-client --json  mail's, for a script"),
		Commands: []*cli.Command{
			command(actions, "check", " TARGET...", "test the ports of servers",
				CheckFlags(), Help,
				"whyport check server.example",
				"whyport check 192.0.2.7 mail.example:25 https://intranet.example -p https,25",
				"whyport check --targets servers.txt --profile web --require all -o out.json"),
			command(actions, "egress", " HOST", "which ports may leave this network, and where others end",
				EgressFlags(), Help,
				"whyport egress server.example", "whyport egress server.example -p 25,443,445", "whyport egress 192.0.2.7 -p 22,25 --json"),
			command(actions, "here", "", "this computer's way out: addresses, gateway, name servers, VPN",
				HereFlags(), HereHelp,
				"whyport here", "whyport here --portal-url http://connectivity.example/check", "whyport here --json"),
			command(actions, "listen", " PORTS", "the server's end: tell a client what arrives there",
				ListenFlags(), ListenHelp,
				"whyport listen 443,8443", "whyport listen 443,5060/udp --for 10m", "whyport listen 8443 --bind 192.0.2.7 --json"),
			command(actions, "local", " [PORT|PROGRAM]", "which programs wait on which ports here, and who can reach them",
				LocalFlags(), LocalHelp,
				"whyport local", "whyport local 443", "whyport local postgres --json"),
			command(actions, "services", " PORT|NAME...", "what usually runs on a port, and where a service usually runs",
				[]cli.Flag{
					&cli.StringFlag{Name: "search", Aliases: []string{"s"}, Usage: "`TEXT` to find in names and descriptions"},
					&cli.StringFlag{Name: "class", Usage: "only ports of `CLASS`: well-known, registered or dynamic; alone, all of it"},
					Bool("json", "JSON instead of a list", "j"), Output(),
				}, PrintHelp,
				"whyport services 2000", "whyport services https rdp 53/udp", "whyport services --search desktop --json"),
			command(actions, "profiles", " [NAME...]", "the sets of ports that applications need",
				[]cli.Flag{Bool("json", "JSON instead of a list", "j"), Output()},
				PrintHelp,
				"whyport profiles", "whyport profiles mail-client", "whyport profiles ad --json"),
			command(actions, "show", " FILE...", "show reports that were saved with --json or --format ndjson",
				ShowFlags(),
				PrintHelp,
				"whyport show report.json", "whyport show report.json --format markdown -o ticket.md", "whyport show old.ndjson --json"),
			command(actions, "compare", " FILE FILE...", "what differs between saved reports, and what that means",
				[]cli.Flag{
					&cli.StringFlag{Name: "format", Usage: "`FORMAT` of the comparison: " + OneOf(compare.Formats()),
						DefaultText: compare.Formats()[0]},
					Bool("json", "the same as --format json", "j"), Output(), Redact(), RedactTarget(),
				}, CompareHelp,
				"whyport compare before.json after.json", "whyport compare home.json office.json --format markdown",
				"whyport compare a.json b.json c.json --json"),
			command(actions, "explain", " [CODE...]", "what a code of the report means, and who can mend it",
				[]cli.Flag{Bool("json", "JSON instead of text", "j"), Output()},
				PrintHelp,
				"whyport explain", "whyport explain sni-reset", "whyport explain filtered return-path --json"),
			command(actions, "exporter", "", "answer Prometheus, which asks for targets again and again",
				ExporterFlags(), PrintHelp,
				"whyport exporter --listen :9916 --allow 192.0.2.0/24,*.corp.example",
				"whyport exporter --listen :9916 --allow server.example,:443 --web-config web.yml",
				"whyport exporter --print rules -o whyport.rules.yml"),
			command(actions, "demo", "", "diagnose servers that the program starts on this computer itself",
				FormatFlags(),
				Help,
				"whyport demo", "whyport demo --verbose", "whyport demo --json | jq .targets[0].summary"),
			command(actions, "schema", " [local]", "print the JSON Schema of the report, or of whyport local",
				[]cli.Flag{Output()},
				PrintHelp,
				"whyport schema", "whyport schema local -o local.schema.json", "whyport schema | jq .properties"),
			command(actions, "version", "", "how this program was made",
				VersionFlags(), PrintHelp,
				"whyport version", "whyport version --json", "whyport version --licenses"),
			command(actions, "completion", " SHELL", "print the script that completes command lines in a shell",
				[]cli.Flag{Output()}, PrintHelp,
				"whyport completion bash > ~/.local/share/bash-completion/completions/whyport",
				"whyport completion fish > ~/.config/fish/completions/whyport.fish",
				"whyport completion powershell | Out-String | Invoke-Expression"),
			command(actions, "man", "", "print the manual page",
				[]cli.Flag{Output()}, PrintHelp,
				"whyport man | man -l -", "whyport man -o whyport.1", "whyport man | groff -man -Tutf8"),
		},
	}
}

func command(actions map[string]cli.ActionFunc, name, args, use string, flags []cli.Flag, help func([]cli.Flag, ...string) string,
	examples ...string) *cli.Command {
	return &cli.Command{Name: name, Usage: use, UsageText: "whyport " + name + args + " [FLAGS]", Action: actions[name], Flags: flags,
		Description: strings.Join(examples, "\n"), OnUsageError: BadValue,
		CustomHelpTemplate: help(flags, examples...), HideHelpCommand: true}
}
