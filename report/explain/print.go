package explain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"whyport/report/phrase"
)

// labelWidth is the column in which an entry's texts begin.
const labelWidth = 19

// Print writes entries in full, wrapped to width columns where that is not 0, or as JSON.
func Print(w io.Writer, entries []Entry, width int, asJSON bool) error {
	if asJSON {
		return printJSON(w, entries)
	}
	var b bytes.Buffer
	for i := range entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		e := &entries[i]
		fmt.Fprintf(&b, "%s (%s)\n", e.Code, kinds(e))
		for _, f := range []struct{ label, text string }{
			{"Means", e.Means}, {"How it was seen", e.Seen}, {"Looks the same", e.Imitations}, {"Who can mend it", e.Who},
			{"What to say", e.Say},
		} {
			labelled(&b, f.label, f.text, width)
		}
		if e.Of != "" {
			labelled(&b, "More", "whyport explain "+e.Of, width)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func kinds(e *Entry) string {
	var names []string
	for _, k := range e.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func labelled(b *bytes.Buffer, label, text string, width int) {
	lines := []string{text}
	if width > 0 {
		lines = phrase.Wrap(text, max(width-labelWidth, 20))
	}
	for _, line := range lines {
		fmt.Fprintf(b, "  %-*s%s\n", labelWidth-2, label, line)
		label = ""
	}
}

// List writes a line for each code, by kind, or as JSON.
func List(w io.Writer, width int, asJSON bool) error {
	if asJSON {
		return printJSON(w, All())
	}
	all := All()
	longest := 0
	for _, e := range all {
		longest = max(longest, len(e.Code))
	}
	var b bytes.Buffer
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "%sS\n", strings.ToUpper(string(k)))
		for i := range all {
			if all[i].Is(k) {
				line(&b, all[i].Code, all[i].Means, longest+2, width)
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("One code in full: whyport explain CODE\n")
	_, err := w.Write(b.Bytes())
	return err
}

func line(b *bytes.Buffer, code, text string, column, width int) {
	lines := []string{text}
	if width > 0 {
		lines = phrase.Wrap(text, max(width-column-2, 20))
	}
	for _, l := range lines {
		fmt.Fprintf(b, "  %-*s%s\n", column, code, l)
		code = ""
	}
}

func printJSON(w io.Writer, entries []Entry) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"codes": entries})
}
