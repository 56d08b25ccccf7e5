package words

import (
	"slices"
	"testing"

	"whyport/probe/verdict"
)

// TestEveryRuleHasWords: a verdict's rule leads to one row here, and every row to a rule.
func TestEveryRuleHasWords(t *testing.T) {
	var have []string
	for _, r := range rows() {
		if slices.Contains(have, r.rule) {
			t.Errorf("rule %q has words twice", r.rule)
		}
		have = append(have, r.rule)
		if !slices.Contains(verdict.Rules(), r.rule) {
			t.Errorf("there are words for %q, which is no rule of probe/verdict", r.rule)
		}
	}
	for _, rule := range verdict.Rules() {
		if !slices.Contains(have, rule) {
			t.Errorf("rule %q has no words: it needs a row in the file of its subject here", rule)
		}
	}
}
