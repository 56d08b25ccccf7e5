package here

import (
	"bytes"
	"io"
	"strings"
	"time"

	"whyport/probe/here"
	"whyport/report/phrase"
)

// labelWidth is the column in which texts begin.
const labelWidth = 16

// Print writes what was found for people, wrapped to width columns where that is not 0.
func Print(w io.Writer, f *here.Facts, width int) error {
	var b bytes.Buffer
	phrase.Paragraph(&b, "", "", summary(f), width)
	var broken, said []string
	for _, x := range f.Findings() {
		if x.Broken() {
			broken = append(broken, Sentence(&x, f))
		} else {
			said = append(said, Sentence(&x, f))
		}
	}
	for _, s := range broken {
		phrase.Paragraph(&b, "", "  ", s, width)
	}
	b.WriteByte('\n')
	labelled(&b, "way out", ways(f), width)
	labelled(&b, "interfaces", interfaces(f), width)
	labelled(&b, "name servers", servers(f), width)
	labelled(&b, "proxies", proxies(f), width)
	login := []string{"not looked for: --portal-url URL asks a page of yours"}
	if f.Portal != nil {
		login = []string{portal(f.Portal)}
	}
	labelled(&b, "login page", login, width)
	if f.Portal != nil && f.Portal.Dated {
		labelled(&b, "clock", []string{off(f.Portal.Clock)}, width)
	}
	for i, s := range said {
		if i == 0 {
			b.WriteByte('\n')
		}
		phrase.Paragraph(&b, "", "  ", s, width)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func ways(f *here.Facts) (out []string) {
	for i := range f.Gateways {
		g := &f.Gateways[i]
		s := family(g.Family) + " from " + g.Source.String()
		if g.Interface != "" {
			s += " on " + named(g.Interface, g.Medium)
		}
		switch {
		case g.Gateway.IsValid():
			s += "; gateway " + g.Gateway.String() + " " + answer(g)
		case g.Answer == here.Answers:
			s += "; the next router " + g.By.String() + " " + answer(g)
		}
		out = append(out, s)
	}
	return or(out, "none")
}

func interfaces(f *here.Facts) (out []string) {
	for _, i := range f.Interfaces {
		s := named(i.Name, i.Medium) + ": " + prefixes(i.Prefixes)
		if !i.Running {
			s += ", without a network"
		}
		out = append(out, s)
	}
	return or(out, "none with an address")
}

func servers(f *here.Facts) (out []string) {
	for i := range f.NameServers {
		a := &f.NameServers[i]
		s := a.Server.Addr().String()
		if a.Server.Port() != 53 {
			s = a.Server.String()
		}
		if i >= len(f.NameServers)-f.Behind {
			s += ", behind it,"
		}
		out = append(out, s+" "+server(a))
	}
	if f.Offline {
		return []string{"not asked"}
	}
	return or(out, "none set, as far as the system shows")
}

func proxies(f *here.Facts) (out []string) {
	for _, p := range f.Proxies {
		s := phrase.Clean(p.URL)
		if p.URL == "" {
			s = "what can't be read as a proxy"
		}
		s += " (" + phrase.Clean(p.Name) + ", " + p.Source + ")"
		if p.Except != "" {
			s += ", not for " + phrase.Short(p.Except, 80)
		}
		out = append(out, s)
	}
	return or(out, "none set")
}

func or(some []string, none string) []string {
	if len(some) == 0 {
		return []string{none}
	}
	return some
}

// off says how a clock goes.
func off(d time.Duration) string {
	const fine = 2 * time.Second // a date has whole seconds, and the page took its time
	switch {
	case d.Abs() <= fine:
		return "right to the second"
	case d > 0:
		return d.String() + " fast"
	}
	return (-d).String() + " slow"
}

func labelled(b *bytes.Buffer, label string, items []string, width int) {
	for _, s := range items {
		phrase.Paragraph(b, "  "+label, strings.Repeat(" ", labelWidth), s, width)
		label = ""
	}
}
