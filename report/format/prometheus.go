package format

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"whyport/report"
	"whyport/report/metric"
)

// writePrometheus writes metrics in Prometheus' text format (0.0.4), as the node exporter's textfile collector reads them.
// Ports that share a verdict in a large run are counted, not listed.
func writePrometheus(w *Writer, doc *report.View) error {
	out := bufio.NewWriter(w.Out)
	begin := func(name string) {
		fmt.Fprintf(out, "# HELP %s %s\n# TYPE %[1]s gauge\n", name, metric.Help(name))
	}
	begin(metric.RunTimestamp)
	fmt.Fprintf(out, "%s%s %.3f\n", metric.RunTimestamp, labels("version", doc.Tool.Version), float64(begun(doc).UnixMilli())/1000)
	begin(metric.RequirementMet)
	for _, t := range doc.Targets {
		fmt.Fprintf(out, "%s%s %s\n", metric.RequirementMet, labels("target", t.Input), truth(t.Requirement.Met))
	}
	begin(metric.PortUsable)
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		fmt.Fprintf(out, "%s%s %s\n", metric.PortUsable, portLabels(t, e), truth(e.Usable))
	})
	begin(metric.PortAnswer)
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		if e.Answered > 0 {
			fmt.Fprintf(out, "%s%s %g\n", metric.PortAnswer, portLabels(t, e), e.Answered.Seconds())
		}
	})
	begin(metric.CertificateExpires)
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		if e.TLS == nil || e.TLS.Certificate == nil {
			return
		}
		if at, err := time.Parse(time.RFC3339, e.TLS.Certificate.NotAfter); err == nil {
			fmt.Fprintf(out, "%s%s %d\n", metric.CertificateExpires, portLabels(t, e), at.Unix())
		}
	})
	begin(metric.Ports)
	each(doc, true, func(t *report.TargetView, e *report.Entry) {
		fmt.Fprintf(out, "%s%s %d\n", metric.Ports, labels("target", t.Input, "address", report.Value(e.Address), "protocol", e.Protocol,
			"state", e.State, "reason", e.Reason), len(e.Numbers))
	})
	return out.Flush()
}

// each calls f for the entries that stand for one port, or for many. A port that was asked twice alike is said once: two
// samples with the same labels are an error.
func each(doc *report.View, many bool, f func(*report.TargetView, *report.Entry)) {
	seen := map[string]bool{}
	for _, t := range doc.Targets {
		for _, e := range t.Entries {
			key := portLabels(t, e)
			if (len(e.Numbers) > 1) == many && !seen[key] {
				seen[key] = true
				f(t, e)
			}
		}
	}
}

func portLabels(t *report.TargetView, e *report.Entry) string {
	target := t.Input
	if e.Host != nil {
		target = *e.Host
	}
	return labels("target", target, "address", report.Value(e.Address), "port", fmt.Sprint(e.Port.Port), "protocol", e.Protocol,
		"service", report.Value(e.Service.Name), "state", e.State, "reason", e.Reason)
}

// labels are names and values in turn.
func labels(pairs ...string) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, pairs[i]+`="`+inLabel.Replace(pairs[i+1])+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

var inLabel = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func truth(b *bool) string {
	switch {
	case b == nil:
		return "NaN"
	case *b:
		return "1"
	}
	return "0"
}
