package usage

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	probehere "whyport/probe/here"
	"whyport/probe/target"
	"whyport/report"
	"whyport/report/here"
	"whyport/report/saved"
)

// HereFlags say what is asked of this computer's own network.
func HereFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "portal-url", Usage: "page at `URL` to see whether the network wants a login; also in the file portal of " +
			"the configuration folder", DefaultText: "none is asked"},
		&cli.BoolFlag{Name: "offline", Usage: "send nothing: only what the system tells", DisableDefaultText: true},
		&cli.BoolFlag{Name: "json", Aliases: []string{"j"}, Usage: "JSON instead of text", DisableDefaultText: true},
		&cli.BoolFlag{Name: "redact", Usage: "hide this computer's names and addresses, user and domains", DisableDefaultText: true},
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to `FILE` instead of the screen; - is the screen"},
	}
}

// Here reads the flags of a look at this computer's own network.
func Here(c *cli.Context) (probehere.Request, error) {
	if c.Args().Present() {
		return probehere.Request{}, New("type whyport here, or whyport "+target.Shown(c.Args().First())+" to test a server",
			"whyport here looks at this computer, and takes no target")
	}
	page, err := portalURL(c)
	if err != nil {
		return probehere.Request{}, err
	}
	r := probehere.Default(c.Context)
	if r.Offline = c.Bool("offline"); !r.Offline {
		r.PortalURL = page
	}
	return r, nil
}

// HereDone writes what was found and says how the command exits.
func HereDone(c *cli.Context, w io.Writer, f *probehere.Facts) (code int, err error) {
	switch {
	case f.Interrupted:
		code = report.ExitNotTested
	case !f.Works():
		code = report.ExitNotMet
	}
	var b bytes.Buffer
	if c.Bool("json") {
		err = here.JSON(&b, f, Version())
	} else {
		err = here.Print(&b, f, Width(w))
	}
	data := b.Bytes()
	if c.Bool("redact") && err == nil {
		hide := hiding(&probe.Plan{}, false)
		if data = []byte(hide.Text(b.String())); c.Bool("json") {
			data, err = saved.Hidden(b.Bytes(), hide.Text)
		}
	}
	if err == nil {
		_, err = w.Write(data)
	}
	return code, err
}

// portalURL is that of the flag, or the first line of the configuration's file.
func portalURL(c *cli.Context) (string, error) {
	if c.IsSet("portal-url") {
		return checkedURL(c.String("portal-url"), "--portal-url")
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", nil
	}
	name := filepath.Join(dir, "whyport", "portal")
	text, err := os.ReadFile(name)
	if _, there := os.Lstat(name); errors.Is(err, fs.ErrNotExist) || there != nil {
		return "", nil
	}
	if err != nil {
		return "", New("check its permissions, or remove it", "the page for logins can't be read from %s", target.ShownFile(name))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return checkedURL(strings.TrimSpace(line), target.ShownFile(name))
}

func checkedURL(text, where string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return "", New("write a page such as http://connectivity.example/check", "%s has no URL of a page that can be asked", where)
	}
	return u.String(), nil
}
