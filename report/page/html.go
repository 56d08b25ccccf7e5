package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net"
	"slices"
	"strings"

	"whyport/report"
	"whyport/report/phrase"
)

//go:embed report.html.tmpl
var htmlSource string

// HTML writes the report as one page without scripts and without anything from elsewhere.
func HTML(w io.Writer, doc *report.View, style Style) error {
	t, err := template.New("report").Parse(htmlSource)
	if err != nil {
		return err
	}
	return t.Execute(w, htmlOf(fold(doc)))
}

// What the template reads. A class is good, bad or unsure.
type (
	htmlReport struct {
		Title, Answer, Class, Head string
		Targets                    []htmlTarget
		Error                      *report.Problem
	}
	htmlTarget struct {
		Input, Summary, Class, Next, Way string
		Sections                         []htmlSection
		Notes                            []string
	}
	htmlSection struct {
		Title  string
		Rows   []htmlRow
		Sums   []string
		Causes []htmlCause
	}
	htmlRow struct {
		Port, Service, Sign, State, Class, TLS, Time, Why, Reason, Rule, Confidence string
		Evidence                                                                    []report.Evidence
	}
	htmlCause struct {
		Heading, State, Class, Why, Next, Path, Search string
		Remarks                                        []string
		Drawing                                        *drawn
	}
)

func htmlOf(doc *report.View) htmlReport {
	out := htmlReport{Title: "whyport", Answer: Answer(doc), Class: classOf(doc.Requirement.Met), Head: doc.Head(), Error: doc.Error}
	for _, t := range doc.Targets {
		target := htmlTarget{
			Input:   t.Input,
			Summary: t.Summary,
			Class:   classOf(t.Requirement.Met),
			Next:    report.Value(t.NextStep),
			Way:     t.Way(),
		}
		if len(doc.Targets) == 1 {
			out.Title = "whyport: " + t.Input
			if t.Impaired() && report.IsTrue(t.Requirement.Met) {
				out.Class = "unsure"
			}
		}
		for _, s := range sections(t) {
			target.Sections = append(target.Sections, htmlSectionOf(doc, t, s))
		}
		for _, n := range t.Notes {
			if n.Code != "interrupted" {
				target.Notes = append(target.Notes, n.Sentence)
			}
		}
		out.Targets = append(out.Targets, target)
	}
	return out
}

func htmlSectionOf(doc *report.View, t *report.TargetView, s *section) htmlSection {
	out := htmlSection{Title: s.title()}
	rows, sums := s.split()
	for _, p := range rows {
		out.Rows = append(out.Rows, htmlRow{Port: p.Number(), Service: p.Service.Called(), Sign: signsOf(true).of(p.Usable),
			State: stateWords(
				p,
			), Class: classOf(p.Usable), TLS: tlsCell(p.TLS), Time: timeCell(p), Why: p.Why, Reason: p.Reason, Rule: p.Rule,
			Confidence: report.Value(p.Confidence), Evidence: p.Evidence})
	}
	for _, sum := range sums {
		out.Sums = append(
			out.Sums,
			fmt.Sprintf("%d ports %s: %s (%s)", report.Amount(sum), stateWords(sum[0]), sum[0].Finding, report.PortList(sum)),
		)
	}
	for _, c := range report.Causes(s.ports, s.addresses) {
		p := c.First
		cause := htmlCause{Heading: phrase.Capital(c.Heading()), State: stateWords(p), Class: classOf(p.Usable), Why: c.Why, Next: c.Next}
		for _, n := range slices.Concat(c.Caveats, p.Notes) {
			cause.Remarks = append(cause.Remarks, n.Sentence)
		}
		if !report.IsTrue(p.Usable) {
			server := phrase.Short(t.Host, 40)
			if pieces := picture(p, server, true); pieces != nil {
				cause.Path = strings.Join(pieces, " ")
			}
			cause.Drawing = drawingOf(p, server)
			cause.Search = searchFor(doc, c)
		}
		out.Causes = append(out.Causes, cause)
	}
	return out
}

// mostFlows bounds the connections that are named for a search.
const mostFlows = 8

// searchFor is what a log is searched for: both ends of the connections, and when.
func searchFor(doc *report.View, c *report.Cause) string {
	var flows []string
	for _, e := range c.Entries {
		if e.Source != nil && e.Address != nil {
			to := net.JoinHostPort(*e.Address, fmt.Sprint(e.Port.Port))
			flows = append(flows, fmt.Sprintf("%s %s to %s", strings.ToUpper(e.Protocol), *e.Source, to))
		}
	}
	if len(flows) == 0 {
		return ""
	}
	at := strings.TrimSuffix(strings.Replace(doc.Started, "T", " ", 1), "Z")
	return fmt.Sprintf("%s; from %s UTC, for %s", phrase.Listed(flows, mostFlows), at, duration(doc.Duration))
}

// classOf is the colour's name.
func classOf(usable *bool) string {
	switch {
	case usable == nil:
		return "unsure"
	case *usable:
		return "good"
	}
	return "bad"
}
