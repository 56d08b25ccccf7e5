package usage

import (
	"github.com/urfave/cli/v2"

	"whyport/probe/confine"
	"whyport/report/exporter"
	"whyport/report/outfile"
)

// Confine gives up what a command does not need any more, before it tests anything and once out is open. Some commands keep it:
// those that start other programs (ssh, or what a bundle is made of), and whyport local, since the kernel shows a confined process
// nothing of the others; whyport listen does it by itself, once it has its ports.
func Confine(c *cli.Context, out *outfile.File) {
	if name := c.Command.Name; name == "local" || name == "listen" || FromPlaces(c) || c.String("bundle") != "" {
		return
	}
	var n confine.Needs
	if from, to := out.Moves(); to != "" {
		n.Replace = &confine.Replace{From: from, To: to}
	}
	confined(n)
}

// ConfineExporter is Confine for the exporter, which reads its --web-config again and again.
func ConfineExporter(c *cli.Context) {
	confined(confine.Needs{Read: exporter.WebFolders(c.String("web-config"))})
}
