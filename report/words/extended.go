package words

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// extendedErrors are the extended DNS errors of RFC 8914 (section 4) and IANA's registry, for people.
var extendedErrors = map[uint16]string{
	1: "signed with a method that it does not know (DNSSEC)", 2: "signed with a method that it does not know (DNSSEC)",
	3: "an old answer, as the domain's own servers don't answer", 4: "a forged answer, by its rules", 5: "the domain's signatures " +
		"can't be checked (DNSSEC)",
	6: "the domain's signatures are wrong (DNSSEC)", 7: "the domain's signatures have expired (DNSSEC)", 8: "the domain's " +
		"signatures are not valid yet (DNSSEC)",
	9: "the domain's signing key is missing (DNSSEC)", 10: "the domain's signatures are missing (DNSSEC)",
	11: "the domain's signing key is not marked as one (DNSSEC)", 12: "the domain's proof that a name is missing is missing (DNSSEC)",
	13: "it failed before, and remembers that", 14: "it is not ready yet", 15: "blocked by its list", 16: "blocked on somebody " +
		"else's order (censored)",
	17: "filtered, as its users asked for", 18: "this computer may not ask it", 19: "an old answer, as the domain's own servers " +
		"don't answer",
	20: "it does not serve this domain", 21: "it does not know this kind of question", 22: "none of the domain's own servers answers",
	23: "it could not reach the domain's own servers", 24: "what the domain's own servers say is not valid",
}

// blockedBy is the answer that says that a policy decided.
func blockedBy(r *evidence.Resolution) *evidence.NameAnswer { return asked(r, verdict.SaysBlocked) }

// remarks are what a name server gives as its reasons, with its own text.
func remarks(a *evidence.NameAnswer) string {
	var out []string
	for _, e := range a.Extended[:min(len(a.Extended), 3)] {
		said := extendedErrors[e.Code]
		if said == "" && (e.Code != 0 || e.Text == "") {
			said = fmt.Sprintf("its error %d", e.Code)
		}
		if text := phrase.Short(e.Text, 100); text != "" {
			said = strings.TrimSpace(fmt.Sprintf(`%s "%s"`, said, text))
		}
		out = append(out, said)
	}
	return strings.Join(out, "; ")
}

// because is the end of a sentence that gives the server's reasons; "" where it has none.
func because(a *evidence.NameAnswer) string {
	if a == nil || len(a.Extended) == 0 {
		return ""
	}
	return ": " + remarks(a)
}
