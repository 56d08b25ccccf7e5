package page

import (
	"whyport/report"
	"whyport/report/phrase"
)

// Answer is the report in one line: the target's summary, or a count of the targets.
func Answer(doc *report.View) string {
	if len(doc.Targets) == 1 {
		return phrase.Short(doc.Targets[0].Input, 60) + ": " + doc.Targets[0].Summary
	}
	return count(doc)
}

// count says how many targets have what is needed.
func count(doc *report.View) string {
	var t report.Tally
	for _, target := range doc.Targets {
		t.Count(target.Requirement.Met)
	}
	return t.Sentence()
}
