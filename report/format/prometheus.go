package format

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"whyport/report"
)

// writePrometheus writes metrics in Prometheus' text format (0.0.4), as the node exporter's textfile collector reads them.
// Ports that share a verdict in a large run are counted, not listed.
func writePrometheus(w *Writer, doc *report.View) error {
	out := bufio.NewWriter(w.Out)
	metric := func(name, help string) {
		fmt.Fprintf(out, "# HELP whyport_%s %s\n# TYPE whyport_%[1]s gauge\n", name, help)
	}
	metric("run_timestamp_seconds", "When the run began.")
	fmt.Fprintf(out, "whyport_run_timestamp_seconds%s %.3f\n", labels("version", doc.Tool.Version), float64(begun(doc).UnixMilli())/1000)
	metric("requirement_met", "Whether what is required of the target can be used (1 or 0; NaN: not established).")
	for _, t := range doc.Targets {
		fmt.Fprintf(out, "whyport_requirement_met%s %s\n", labels("target", t.Input), truth(t.Requirement.Met))
	}
	metric("port_usable", "Whether an application could use the port (1 or 0; NaN: not established).")
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		fmt.Fprintf(out, "whyport_port_usable%s %s\n", portLabels(t, e), truth(e.Usable))
	})
	metric("port_answer_seconds", "How long the first answer took.")
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		if e.Answered > 0 {
			fmt.Fprintf(out, "whyport_port_answer_seconds%s %g\n", portLabels(t, e), e.Answered.Seconds())
		}
	})
	metric("certificate_expires_timestamp_seconds", "When the certificate of the port ends.")
	each(doc, false, func(t *report.TargetView, e *report.Entry) {
		if e.TLS == nil || e.TLS.Certificate == nil {
			return
		}
		if at, err := time.Parse(time.RFC3339, e.TLS.Certificate.NotAfter); err == nil {
			fmt.Fprintf(out, "whyport_certificate_expires_timestamp_seconds%s %d\n", portLabels(t, e), at.Unix())
		}
	})
	metric("ports", "How many ports of a large run share a verdict.")
	each(doc, true, func(t *report.TargetView, e *report.Entry) {
		fmt.Fprintf(out, "whyport_ports%s %d\n", labels("target", t.Input, "address", report.Value(e.Address), "protocol", e.Protocol,
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
