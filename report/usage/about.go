package usage

import (
	"io"

	"github.com/urfave/cli/v2"

	"whyport/report/notices"
)

// VersionFlags are those of the command that prints it.
func VersionFlags() []cli.Flag {
	return []cli.Flag{Bool("json", "JSON instead of a line", "j"),
		Bool("licenses", "the licences of the program and of what it is made of"), Output()}
}

// AboutProgram writes what the command asks for.
func AboutProgram(c *cli.Context, w io.Writer) error {
	if c.Bool("licenses") {
		return notices.Write(w)
	}
	return PrintVersion(w, c.Bool("json"))
}
