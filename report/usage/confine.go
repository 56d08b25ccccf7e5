package usage

import (
	"slices"

	"github.com/urfave/cli/v2"

	"whyport/probe/confine"
	"whyport/report/exporter"
	"whyport/report/outfile"
)

// Confine gives up what a command does not need any more, before it tests anything and once out is open. The others talk to
// nobody, but for whyport listen, which does it by itself once it has its ports. Two kinds of tests keep everything: those that start
// other programs (ssh, or what a bundle is made of), and whyport local, since the kernel shows a confined process nothing of the others.
func Confine(c *cli.Context, out *outfile.File) {
	tests := slices.Contains([]string{"check", "egress", "here", "demo"}, c.Command.Name)
	if !tests || FromPlaces(c) || c.String("bundle") != "" {
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
