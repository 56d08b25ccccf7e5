package listing

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"whyport/services"
	"whyport/services/profile"
	"whyport/services/wants"
)

type profileRow struct {
	Name   string     `json:"name"`
	Title  string     `json:"title"`
	Source *string    `json:"source"`
	Origin string     `json:"origin"`
	Notes  []string   `json:"notes"`
	Groups []groupRow `json:"groups"`
}

type groupRow struct {
	Name  *string   `json:"name"`
	Mode  string    `json:"mode"`
	Ports []portRow `json:"ports"`
}

type portRow struct {
	Port     uint16  `json:"port"`
	Protocol string  `json:"protocol"`
	Service  *string `json:"service"`
	Expect   *string `json:"expect"`
	Host     *string `json:"host"`
}

// Profiles prints a line for each profile, wrapped to width columns where that is not 0, or JSON with everything.
func Profiles(w io.Writer, names *services.Registry, all []profile.Profile, width int, asJSON bool) error {
	if asJSON {
		return object(w, "profiles", rows(names, all))
	}
	list := [][]string{{"PROFILE", "WHAT IT IS FOR"}}
	for _, p := range all {
		list = append(list, []string{plain(p.Name), plain(p.Title)})
	}
	if err := Table(w, width, list); err != nil {
		return err
	}
	return sentence(w, width, "\nOne profile in full: whyport profiles NAME. To test one: whyport HOST --profile NAME")
}

// ProfileDetails prints profiles in full.
func ProfileDetails(w io.Writer, names *services.Registry, all []profile.Profile, width int, asJSON bool) error {
	if asJSON {
		return object(w, "profiles", rows(names, all))
	}
	for i, p := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := details(w, names, p, width); err != nil {
			return err
		}
	}
	return nil
}

func details(w io.Writer, names *services.Registry, p profile.Profile, width int) error {
	if err := sentence(w, width, plain(p.Name)+": "+plain(p.Title)); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, g := range p.Groups {
		title := strings.TrimPrefix(plain(g.Name)+", ", ", ")
		fmt.Fprintf(t, "\n%s%s\n", title, needed(g.Mode))
		for _, port := range g.Ports {
			line := fmt.Sprintf("   %d/%s\t%s", port.Port, port.Protocol, usual(names, port))
			if as := asked(port.Expect); as != "" {
				line += "\t" + as
			}
			if port.Host != "" {
				line += "\tat " + plain(port.Host)
			}
			fmt.Fprintln(t, line)
		}
	}
	fmt.Fprintln(t)
	if err := t.Flush(); err != nil {
		return err
	}
	var below []string
	for _, n := range p.Notes {
		below = append(below, "Note: "+plain(n))
	}
	if p.Source != "" {
		below = append(below, "Source: "+plain(p.Source))
	}
	if p.Origin != profile.OriginBuiltIn {
		below = append(below, "File: "+plain(p.Origin))
	}
	for _, text := range below {
		if err := sentence(w, width, text); err != nil {
			return err
		}
	}
	return nil
}

func needed(mode string) string {
	switch mode {
	case wants.All:
		return "every one is needed:"
	case wants.Optional:
		return "reported, but not needed:"
	}
	return "one is enough, the first is preferred:"
}

// asked is what the port must speak, in words.
func asked(expect string) string {
	switch expect {
	case wants.TLS:
		return "TLS"
	case wants.StartTLS:
		return "STARTTLS"
	case wants.Plain:
		return "a connection is enough"
	case wants.SSH:
		return "SSH"
	}
	return ""
}

func usual(names *services.Registry, p profile.Port) string {
	if s := names.Lookup(p.Port, p.Protocol); s.Name != "" {
		return plain(s.Name)
	}
	return "-"
}

func rows(names *services.Registry, all []profile.Profile) []profileRow {
	out := make([]profileRow, len(all))
	for i, p := range all {
		out[i] = profileRow{Name: p.Name, Title: p.Title, Source: maybe(p.Source), Origin: p.Origin,
			Notes: append([]string{}, p.Notes...), Groups: []groupRow{}}
		for _, g := range p.Groups {
			row := groupRow{Name: maybe(g.Name), Mode: g.Mode, Ports: []portRow{}}
			for _, port := range g.Ports {
				name := names.Lookup(port.Port, port.Protocol).Name
				row.Ports = append(row.Ports, portRow{port.Port, port.Protocol, maybe(name), maybe(port.Expect), maybe(port.Host)})
			}
			out[i].Groups = append(out[i].Groups, row)
		}
	}
	return out
}
