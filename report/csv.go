package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// CSV writes a row for each port of each address. Cells that a spreadsheet would run as a formula
// begin with an apostrophe (OWASP, "CSV Injection").
func CSV(w io.Writer, doc *Document) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180, section 2
	write := func(row []string) error {
		for i := range row {
			row[i] = harmless(row[i])
		}
		return out.Write(row)
	}
	if err := write([]string{"target", "address", "port", "protocol", "service", "state", "reason", "usable", "tls", "time_ms",
		"party", "hop", "device", "confidence", "why", "next_step"}); err != nil {
		return err
	}
	for i := range doc.Targets {
		t := &doc.Targets[i]
		for p := range t.all() {
			if err := write(csvRow(t, p)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

func csvRow(t *Target, p *Port) []string {
	target := t.Input
	if p.Host != nil {
		target = *p.Host
	}
	row := []string{target, value(p.Address), fmt.Sprint(p.Port), p.Protocol, value(p.Service.Name), p.State, p.Reason,
		yesNo(p.Usable), "", "", "", "", "", value(p.Confidence), p.Why, value(p.NextStep)}
	if p.TLS != nil {
		row[8] = p.TLS.State
	}
	if p.Connect != nil {
		row[9] = fmt.Sprint(*p.Connect)
	} else if p.Duration != nil {
		row[9] = fmt.Sprint(*p.Duration)
	}
	if w := p.Where; w != nil {
		row[10], row[12] = w.Party, value(w.Address)
		if w.Hop != nil {
			row[11] = fmt.Sprint(*w.Hop)
		}
	}
	return row
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return "unknown"
	case *b:
		return "yes"
	}
	return "no"
}

func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
