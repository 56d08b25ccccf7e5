package format

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"whyport/report"
)

// The elements of JUnit's reports, as Ant's junit task writes them and CI servers read them: a suite for each target, a
// case for each port of each address.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Timestamp  string          `xml:"timestamp,attr"` // ISO 8601, without zone: UTC
		Hostname   string          `xml:"hostname,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out"`
		Err        string          `xml:"system-err"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w *Writer, doc *report.View) error {
	all := junitSuites{Name: "whyport", Time: seconds(doc.Duration)}
	for _, t := range doc.Targets {
		s := junitSuite{Name: t.Input, Timestamp: strings.TrimSuffix(doc.Started, "Z"), Hostname: "unknown", Time: seconds(doc.Duration),
			Out:        t.Summary,
			Properties: []junitProperty{{"version", doc.Tool.Version}, {"way", t.Way()}}}
		if doc.Source.Hostname != nil {
			s.Hostname = *doc.Source.Hostname
		}
		for _, e := range t.Entries {
			c := junitOf(t, e)
			switch {
			case c.Skipped != nil:
				s.Skipped++
			case c.Failure != nil:
				s.Failures++
			}
			s.Tests++
			s.Cases = append(s.Cases, c)
		}
		all.Tests, all.Failures, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, s)
	}
	return writeXML(w.Out, "", all)
}

// junitOf is a port's case, or that of many which share a verdict.
func junitOf(t *report.TargetView, e *report.Entry) junitCase {
	class := report.Value(e.Address)
	if class == "" {
		class = t.Host
	}
	c := junitCase{Class: class, Name: e.Label(), Time: "0"}
	if len(e.Numbers) > 1 {
		c.Name = report.PortList([]*report.Entry{e})
	}
	if e.Duration != nil {
		c.Time = seconds(*e.Duration)
	}
	m := &junitMessage{Message: e.State + ": " + e.Finding, Text: strings.TrimSpace(e.Why + " " + report.Value(e.NextStep))}
	switch {
	case e.Usable == nil: // not established
		c.Skipped = m
	case !*e.Usable:
		m.Type = e.Reason
		c.Failure = m
	}
	return c
}

func seconds(m report.Millis) string {
	return fmt.Sprintf("%.3f", (time.Duration(float64(m) * float64(time.Millisecond))).Seconds())
}

// writeXML writes a document; before stands between the declaration and the root.
func writeXML(out io.Writer, before string, root any) error {
	if _, err := io.WriteString(out, xml.Header+before); err != nil {
		return err
	}
	e := xml.NewEncoder(out)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}
