package usage

import (
	"io"

	"github.com/urfave/cli/v2"

	"whyport/probe/target"
	"whyport/report/shell"
)

// NoWords refuses arguments of a command that has none.
func NoWords(c *cli.Context) error {
	if !c.Args().Present() {
		return nil
	}
	name := "whyport " + c.Command.Name
	return New("type "+name, "%s takes no argument, and %s is one", name, target.Shown(c.Args().First()))
}

// ShellNamed is the shell whose script is wanted.
func ShellNamed(c *cli.Context) (string, error) {
	if c.Args().Len() != 1 {
		return "", New("type whyport completion "+shell.Names()[0], "name one shell: %s", OneOf(shell.Names()))
	}
	name := c.Args().First()
	return name, Choice("completion", name, shell.Names()...)
}

// Manual writes the manual page of the program.
func Manual(w io.Writer, app *cli.App) error {
	b := build()
	date := ""
	if len(b.Date) >= len("2006-01-02") {
		date = b.Date[:len("2006-01-02")]
	}
	return shell.WriteManual(w, shell.Manual{App: app, Version: b.Version, Date: date, Exit: exitCodes})
}
