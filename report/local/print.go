package local

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"whyport/probe/local"
	"whyport/report/listing"
	"whyport/report/phrase"
	"whyport/services"
)

// labelWidth is the column in which texts begin.
const labelWidth = 17

// Print writes what was found for people, wrapped to width columns where that is not 0.
func Print(w io.Writer, f *local.Facts, names *services.Registry, width int) error {
	var b bytes.Buffer
	phrase.Paragraph(&b, "", "", summary(f), width)
	for i := range f.Waiting {
		s := &f.Waiting[i]
		for _, n := range f.Notes(s) {
			if n.Grave() {
				phrase.Paragraph(&b, "", "  ", port(s)+" at "+address(s)+": "+note(&n, s)+".", width)
			}
		}
	}
	if len(f.Waiting) > 0 {
		b.WriteByte('\n')
		if err := listing.Table(&b, width, rows(f, names)); err != nil {
			return err
		}
	}
	if f.WithSessions {
		b.WriteByte('\n')
		if err := listing.Table(&b, width, sessionRows(f)); err != nil {
			return err
		}
	}
	if len(f.Waiting) > 0 || f.Query.Text == "" {
		b.WriteByte('\n')
		surroundings(&b, f, width)
	}
	sentences := next(f)
	if text := unread(f); text != "" {
		sentences = append(sentences, text)
	}
	for i, s := range sentences {
		if i == 0 {
			b.WriteByte('\n')
		}
		phrase.Paragraph(&b, "", "", s, width)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// surroundings are what concerns all sockets.
func surroundings(b *bytes.Buffer, f *local.Facts, width int) {
	var walls []string
	for i := range f.Firewalls {
		walls = append(walls, firewall(&f.Firewalls[i]))
	}
	labelled(b, "firewall", or(walls, "none that is known on this system"), width)
	outgoing := "not known"
	if r := f.Outgoing; r.Last > 0 {
		outgoing = fmt.Sprintf("%d-%d, which the system gives to connections that begin here", r.First, r.Last)
		if r.Assumed {
			outgoing += " (usual; not looked up)"
		}
	}
	labelled(b, "outgoing ports", []string{outgoing}, width)
	var between []string
	for i := range f.Interceptors {
		between = append(between, interceptor(&f.Interceptors[i]))
	}
	if len(between) > 0 {
		labelled(b, "intercepts", between, width)
	}
}

func interceptor(x *local.Interceptor) string {
	text := x.Product + ": " + kind(x.Kind)
	var at []string
	for _, p := range x.Ports {
		at = append(at, phrase.Clean(p.String()))
	}
	if x.Driver != "" {
		return text + "; its driver " + phrase.Clean(x.Driver) + " is installed"
	}
	return text + "; " + phrase.Short(x.Program, 40) + " waits at " + phrase.Listed(at, 4)
}

func or(some []string, none string) []string {
	if len(some) == 0 {
		return []string{none}
	}
	return some
}

func labelled(b *bytes.Buffer, label string, items []string, width int) {
	for _, s := range items {
		phrase.Paragraph(b, label, strings.Repeat(" ", labelWidth), s, width)
		label = ""
	}
}
