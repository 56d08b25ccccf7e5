package usage

import (
	"strings"
	"syscall"
	"testing"

	"github.com/urfave/cli/v2"

	"whyport/probe/demo"
	"whyport/report/compare"
	"whyport/report/shell"
	"whyport/services"
)

func app() *cli.App {
	check := []cli.Flag{
		&cli.StringFlag{Name: "ports", Aliases: []string{"p"}, Usage: "`LIST` of ports"},
		&cli.StringSliceFlag{Name: "profile"},
		&cli.BoolFlag{Name: "json", Aliases: []string{"j"}},
		&cli.BoolFlag{Name: "ipv4", Aliases: []string{"4"}},
		&cli.IntFlag{Name: "attempts"},
	}
	return &cli.App{Name: "whyport", Commands: []*cli.Command{
		{Name: "check", Flags: check},
		{Name: "services", Flags: []cli.Flag{&cli.BoolFlag{Name: "json"}, &cli.StringFlag{Name: "search"}}},
	}}
}

func TestArrange(t *testing.T) {
	for typed, want := range map[string]string{
		"host":                         "check -- host",
		"check host":                   "check -- host",
		"host --json -p 443":           "check --json --ports=443 -- host",
		"-p 443 host --json":           "check --ports=443 --json -- host",
		"-p 443 check host":            "check --ports=443 -- host",
		"host -p=443":                  "check --ports=443 -- host",
		"host -p443":                   "check --ports=443 -- host",
		"host -jp 443 other":           "check --json --ports=443 -- host other",
		"host -j4p443":                 "check --json --ipv4 --ports=443 -- host",
		"host -p -":                    "check --ports=- -- host",
		"host --ports -5":              "check --ports=-5 -- host",
		"host -p ''":                   "check --ports= -- host",
		"-json host":                   "check --json -- host",
		"host --json=true":             "check --json=true -- host",
		"host -- -x --json":            "check -- host -x --json",
		"-- services":                  "check -- services",
		"check services":               "check -- services",
		"host --profile a --profile b": "check --profile=a --profile=b -- host",
		"services 80 --json":           "services --json -- 80",
		"--json services 80":           "services --json -- 80",
		"services --search services":   "services --search=services --",
		"--help":                       "--help",
		"-h":                           "--help",
		"host --help":                  "check --help",
		"services -h":                  "services --help",
		"help":                         "--help",
		"help services":                "services --help",
		"--version":                    "--version",
		"":                             "",
		"chekc.example":                "check -- chekc.example",
		"check -- --json":              "check -- --json",
	} {
		args := []string{"whyport"}
		for f := range strings.FieldsSeq(typed) {
			args = append(args, strings.Trim(f, "'"))
		}
		got, err := Arrange(app(), "check", args)
		if err != nil {
			t.Errorf("%s: %v", typed, err)
			continue
		}
		if s := strings.Join(got[1:], " "); s != want {
			t.Errorf("%s\n got %s\nwant %s", typed, s, want)
		}
	}
}

func TestArrangeRefuses(t *testing.T) {
	for typed, want := range map[string][2]string{
		"chekc host":               {`"chekc" is not a command`, "whyport check? For a host of that name type: whyport check chekc"},
		"servces 80":               {`"servces" is not a command`, "whyport services?"},
		"help servces":             {`"servces" is not a command`, "whyport help services?"},
		"help nonsense":            {"no help", "whyport --help"},
		"host --jsn":               {`no flag "--jsn"`, "--json?"},
		"host --atempts=3":         {`no flag "--atempts=3"`, "--attempts?"},
		"host --att 3":             {`no flag "--att"`, "--attempts?"},
		"host -port 80":            {`no flag "-port"`, "--ports?"},
		"host -x":                  {`no flag "-x"`, "check --help"},
		"host -jx":                 {`no flag "-jx"`, "check --help"},
		"services 80 --attempts 3": {`services has no flag "--attempts"`, "services --help"},
		"host -p":                  {"-p has no value", "-p LIST"},
		"host -p --json":           {"-p has no value", "-p LIST"},
		"host -p 80 -p 443":        {"--ports is given twice", "--ports 80,443"},
		"host -p 80 --ports 443":   {"--ports is given twice", "--ports 80,443"},
		"host --json -j":           {"--json is given twice", "--json once"},
		"host --json=5":            {"takes no value", "--json alone"},
	} {
		_, err := Arrange(app(), "check", append([]string{"whyport"}, strings.Fields(typed)...))
		e := Of(err)
		if e == nil {
			t.Errorf("%s: no usage error", typed)
			continue
		}
		if !strings.Contains(e.Problem, want[0]) || !strings.Contains(e.Instead, want[1]) {
			t.Errorf("%s:\n%s\n%s", typed, e.Problem, e.Instead)
		}
	}
}

// What Arrange makes of any arguments, the library reads without a complaint about flags.
func FuzzArrange(f *testing.F) {
	for _, s := range []string{"host -p 443 --json", "-jp443 -4 x", "-- -x", "services --search a", "--profile=a=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a := app()
		got, err := Arrange(a, "check", append([]string{"whyport"}, strings.Split(typed, " ")...))
		if err != nil {
			if e := Of(err); e == nil || e.Instead == "" {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		for _, c := range a.Commands {
			c.Action = func(*cli.Context) error { return nil }
			c.OnUsageError = func(_ *cli.Context, err error, _ bool) error {
				if !strings.Contains(err.Error(), "invalid value") && !strings.Contains(err.Error(), "invalid boolean") {
					t.Fatalf("%q became %q: %v", typed, got, err)
				}
				return nil
			}
		}
		a.Writer, a.ErrWriter = &strings.Builder{}, &strings.Builder{}
		a.ExitErrHandler = func(*cli.Context, error) {}
		a.Run(got)
	})
}

func TestPrintIsTwoLines(t *testing.T) {
	var b strings.Builder
	Print(&b, New("type\nthis \x1b[31m", "it is %s", "a\r\nb\u202e"))
	want := "whyport: it is a\\u000d\\u000ab\\u202e\nInstead: type\\u000athis \\u001b[31m\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestChoice(t *testing.T) {
	if err := Choice("--tls", "auto", "auto", "always", "never"); err != nil {
		t.Error(err)
	}
	for value, want := range map[string]string{"alwys": "did you mean --tls always?", "yes": "type --tls auto, or --tls always, or --tls never"} {
		if e := Of(Choice("--tls", value, "auto", "always", "never")); e == nil || e.Instead != want {
			t.Errorf("%s: %+v", value, e)
		}
	}
	if e := Of(Choice("--require", "some", "", "any", "all")); e == nil || e.Instead != "type --require any, or --require all" {
		t.Errorf("%+v", e)
	}
}

func TestFailureSaysWhatToDoNext(t *testing.T) {
	for err, want := range map[error]string{
		&demo.StartError{Cause: syscall.EMFILE}: "the demo's servers can't be started on this computer; close programs",
		syscall.ENOSPC:                          "the report could not be written: the disk is full; make room",
	} {
		if text, next := Failure(err); !strings.HasPrefix(text+"; "+next, want) {
			t.Errorf("%v: %s; %s", err, text, next)
		}
	}
}

func TestComplete(t *testing.T) {
	names := &services.Registry{}
	for line, want := range map[string]string{
		"|":                          "check services",
		"|ser":                       "services",
		"check|--j":                  "--json",
		"host|--j":                   "--json",
		"host -p 443|--pro":          "--profile",
		"host|--":                    "--ports --profile --json --ipv4 --attempts --help",
		"host --ports|443,http,imap": "443,http,imap 443,http,imaps",
		"host|--ports=443,imaps":     "--ports=443,imaps",
		"host -jp|remote-d":          "remote-desktop",
		"host -p|":                   "ftp-data ftp ssh",
		"host|":                      "",
		"--profile|":                 "ad citrix",
		"services|remote-d":          "remote-desktop",
		"host -- --format|":          "",
	} {
		before, typed, _ := strings.Cut(line, "|")
		args := append(append([]string{"whyport", shell.Question}, strings.Fields(before)...), typed)
		got, asked := Complete(app(), "check", names, args)
		if text := strings.Join(got, " "); !asked || !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("%s: %q %v, want %q", line, text, asked, want)
		}
	}
	if _, asked := Complete(app(), "check", names, []string{"whyport", "host"}); asked {
		t.Error("nobody asked")
	}
	for _, flag := range []string{"format", "class", "require", "tls", "color"} {
		if len(Values(flag)) < 2 {
			t.Errorf("%s has no values", flag)
		}
	}
}

// TestCompleteTheTable asks of the program's own commands.
func TestCompleteTheTable(t *testing.T) {
	names := services.New()
	for line, want := range map[string]string{
		"|hel":                       "help",
		"help|se":                    "services",
		"host --connect-back|443,ht": "443,http 443,https",
		"host --exclude|50,tel":      "50,telnet",
		"host --interface|al":        "all",
		"host|--interface=lo":        "--interface=lo",
		"host --from|":               "here ssh:",
		"host --proxy|so":            "socks5h:// socks5://",
		"host|--redact=":             "--redact=target",
		"listen|443,https-a":         "443,https-alt",
		"compare --format|":          strings.Join(compare.Formats(), " "),
	} {
		before, typed, _ := strings.Cut(line, "|")
		args := append(append([]string{"whyport", shell.Question}, strings.Fields(before)...), typed)
		if got, _ := Complete(App(map[string]cli.ActionFunc{}), "check", names, args); !strings.HasPrefix(strings.Join(got, " "), want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// TestHelpOfSomethingElse says where it stands.
func TestHelpOfSomethingElse(t *testing.T) {
	for word, want := range map[string]string{
		"chek": "did you mean whyport help check?", "bundle": "--bundle is a flag of a check: whyport check --help",
		"--bundle": "--bundle is a flag of a check: whyport check --help", "no-response": "type whyport explain no-response",
		"nonsense": "see whyport --help for the commands, and whyport explain for the codes of a report",
	} {
		_, err := Arrange(App(map[string]cli.ActionFunc{}), "check", []string{"whyport", "help", word})
		if e := Of(err); e == nil || e.Instead != want {
			t.Errorf("%s: %v", word, err)
		}
	}
}
