package usage

import (
	"github.com/urfave/cli/v2"

	"whyport/probe/target"
	"whyport/report/format"
	"whyport/services"
)

// Writer is the report's writer as the flags want it; its Out and Style are not set.
func Writer(c *cli.Context, names *services.Registry) (*format.Writer, error) {
	name, err := formatName(c)
	w := &format.Writer{Format: format.Find(name), Names: names, Tool: Version(), BOM: bomUsual, Answers: toFile(c)}
	if c.IsSet("bom") {
		w.BOM = c.Bool("bom")
	}
	return w, err
}

func toFile(c *cli.Context) bool { name := c.String("output"); return name != "" && name != "-" }

// formatName checks the flags that say how a report looks, and returns the format's name: of the flags, else what the
// output file's ending promises.
func formatName(c *cli.Context) (string, error) {
	if c.IsSet("format") {
		if err := Choice("--format", c.String("format"), Values("format")...); err != nil {
			return "", err
		}
	}
	if err := Choice("--color", c.String("color"), Values("color")...); err != nil {
		return "", err
	}
	if c.Bool("quiet") && c.Bool("verbose") {
		return "", Exclusive("--quiet", "--verbose")
	}
	var flags []string
	name := ""
	for _, f := range []struct{ flag, name string }{
		{"--json", given(c, "json", format.JSON)}, {"--accessible", given(c, "accessible", format.Text)},
		{"--format " + c.String("format"), c.String("format")},
	} {
		if f.name != "" && f.name != name {
			flags, name = append(flags, f.flag), f.name
		}
	}
	switch {
	case len(flags) > 1:
		return "", Exclusive(flags...)
	case name != "":
		return name, nil
	}
	name, known := format.OfFile(c.String("output"))
	if !known {
		return "", New("name the format: --format html, or end the file's name in "+OneOf(format.Endings()),
			"the ending of %s is that of no format", target.ShownFile(c.String("output")))
	}
	return name, nil
}

// given is a format's name where its own flag is set.
func given(c *cli.Context, flag, name string) string {
	if c.Bool(flag) {
		return name
	}
	return ""
}

// ForNagios reports whether a command line asks for a plugin's output, by whose rules a wrong one has another exit code.
func ForNagios(args []string) bool {
	for i, a := range args {
		if a == "--format=nagios" || a == "nagios" && i > 0 && args[i-1] == "--format" {
			return true
		}
	}
	return false
}
