package usage

import (
	"github.com/urfave/cli/v2"

	"whyport/report/format"
	"whyport/services"
)

// Writer is the report's writer as the flags want it; its Out and Style are not set.
func Writer(c *cli.Context, names *services.Registry) (*format.Writer, error) {
	name, err := formatName(c)
	return &format.Writer{Format: format.Find(name), Names: names, Tool: Version()}, err
}

// formatName checks the flags that say how a report looks, and returns the format's name: of --format or --json,
// else what the output file's ending promises.
func formatName(c *cli.Context) (string, error) {
	name := c.String("format")
	if c.IsSet("format") {
		if err := Choice("--format", name, Values("format")...); err != nil {
			return "", err
		}
	}
	if err := Choice("--color", c.String("color"), Values("color")...); err != nil {
		return "", err
	}
	switch {
	case c.Bool("quiet") && c.Bool("verbose"):
		return "", Exclusive("--quiet", "--verbose")
	case c.Bool("json") && name != "" && name != format.JSON:
		return "", Exclusive("--json", "--format "+name)
	case c.Bool("json"):
		return format.JSON, nil
	case name == "":
		return format.OfFile(c.String("output")), nil
	}
	return name, nil
}
