package usage

import (
	"errors"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe/remote"
	"whyport/probe/target"
)

// Words of --from.
const (
	overSSH      = "ssh:"
	fromParallel = 16 // places at the same time, unless --from-parallel says otherwise
	maxParallel  = 256
	maxPlaces    = 1000
)

// FromFlags say from where a check is made.
func FromFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "from", Usage: "`PLACES`: ssh:HOST,HOST tests there over ssh; here is this computer; offices=ssh:HOST,HOST " +
			"gives them a name; may be repeated", DefaultText: "here"},
		&cli.StringFlag{Name: "from-path", Usage: "`FILE` of whyport on the hosts of --from", DefaultText: "PATH, then ~/.local/bin"},
		Bool("push", "copy this program to the hosts of --from for the time of the test (same system only)"),
		&cli.IntFlag{Name: "from-parallel", Value: fromParallel, Usage: "`NUMBER` of hosts of --from at the same time"},
	}
}

// FromPlaces reports whether a check is to be made from named places.
func FromPlaces(c *cli.Context) bool {
	return c.IsSet("from") || c.IsSet("from-parallel") || (c.IsSet("from-path") || c.Bool("push")) && !c.IsSet("peer")
}

// place is one of --from.
type place struct {
	name, group string
	here        bool
	host        remote.Host
}

// placesOf reads the words of --from, which the library has split at commas: a host without "ssh:" belongs to those before it.
func placesOf(words []string) (all []place, err error) {
	group, ssh := "", false
	for _, w := range words {
		w = strings.TrimSpace(w)
		name, rest, named := strings.Cut(w, "=")
		if !named || !isHere(rest) && !strings.HasPrefix(rest, overSSH) {
			name, rest, named = "", w, false
		}
		host, begins := strings.CutPrefix(rest, overSSH)
		if named || begins {
			group = strings.TrimSpace(name)
		}
		if named && group == "" {
			return nil, fromWord(w)
		}
		if ssh = ssh || begins; !ssh && !isHere(rest) {
			return nil, fromWord(w)
		}
		p := place{name: host, group: group, here: isHere(rest)}
		if p.here && !named { // it is beside a group's hosts, not one of them
			p.group = ""
		}
		if !p.here {
			if p.host, err = remote.ParseHost(host); errors.Is(err, remote.ErrHost) {
				return nil, New("type a name, an address or user@host as ssh knows it: --from ssh:host (port: ssh:host:2222)",
					"--from can't have the host %s", target.Shown(host))
			}
		}
		if !slices.ContainsFunc(all, func(have place) bool { return have.here && p.here || have.name == p.name }) {
			all = append(all, p)
		}
	}
	if len(all) > maxPlaces {
		return nil, New("name fewer places", "--from has more than %d places", maxPlaces)
	}
	return all, nil
}

func isHere(word string) bool { return word == "here" || word == "local" }

func fromWord(w string) error {
	instead := "type --from ssh:host, --from ssh:host,host, --from here, or --from offices=ssh:host,host"
	if _, err := remote.ParseHost(w); err == nil {
		instead = "type --from ssh:" + w
	}
	return New(instead, "--from can't be %s", target.Shown(w))
}
