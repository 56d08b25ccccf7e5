package page

import (
	"slices"

	"whyport/probe/verdict"
	"whyport/report"
)

// fold is a report for people who did not ask for the evidence: where very many ports of an address share an entry,
// those of its closed ports that were looked at more closely, and are closed too, join it. The entry's claim is the
// weaker one.
func fold(v *report.View) *report.View {
	out := *v
	out.Targets = nil
	for _, t := range v.Targets {
		out.Targets = append(out.Targets, &report.TargetView{Target: t.Target, Entries: folded(t.Entries)})
	}
	return &out
}

func folded(entries []*report.Entry) []*report.Entry {
	many := map[string]*report.Entry{} // by address
	for _, e := range entries {
		if len(e.Numbers) > 1 && closed(e) {
			many[report.Value(e.Address)] = e
		}
	}
	if len(many) == 0 {
		return entries
	}
	joined := map[*report.Entry][]uint16{}
	var kept []*report.Entry
	for _, e := range entries {
		to := many[report.Value(e.Address)]
		if to != nil && to != e && closed(e) && len(e.Notes) == 0 && e.Protocol == to.Protocol &&
			report.Value(e.Host) == report.Value(to.Host) {
			joined[to] = append(joined[to], e.Numbers...)
			continue
		}
		kept = append(kept, e)
	}
	for i, e := range kept {
		if numbers := joined[e]; numbers != nil {
			whole := *e
			whole.Numbers = slices.Concat(numbers, e.Numbers)
			kept[i] = &whole
		}
	}
	return kept
}

// closed reports whether the server's own refusal closes the ports.
func closed(e *report.Entry) bool {
	return e.State == string(verdict.Closed) && e.Reason == string(verdict.Reset) && e.Where != nil &&
		e.Where.Party == string(verdict.Server)
}
