package page

import (
	"time"

	"whyport/probe/evidence"
	"whyport/report"
	"whyport/report/phrase"
)

// tlsCell is the TLS column's word.
func tlsCell(t *report.TLS) string {
	if t == nil {
		return "-"
	}
	switch t.State {
	case "ok":
		if t.Inspection != nil && t.Inspection.Evidence != evidence.SystemOnlyRoot {
			return "inspected"
		}
		for _, n := range t.Notes {
			if n == evidence.NoteExpiresSoon {
				return "ends soon"
			}
		}
		return "ok"
	case "untrusted":
		return untrustedCell(t.Verification)
	case "plaintext", "not-tls":
		return "none"
	case report.NotTried:
		for _, n := range t.Notes {
			if n == evidence.NoteStartTLSRefused {
				return "refused"
			}
		}
		return "not offered"
	case "reset":
		return "cut off"
	case "no-response":
		return "no answer"
	case "eof":
		return "closed"
	case "alert":
		if report.IsTrue(t.ClientCert) {
			return "client cert"
		}
		return "refused"
	}
	return "fails"
}

func untrustedCell(v *report.Verification) string {
	if v == nil {
		return "untrusted"
	}
	switch code := report.Value(v.Error); code {
	case evidence.CertExpired, evidence.CertRevoked, evidence.CertWeak, evidence.CertSelfSigned:
		return code
	case evidence.CertWrongName:
		return "wrong name"
	case evidence.CertNotYetValid:
		return "too early"
	case evidence.CertMissingIntermediate:
		return "incomplete"
	case evidence.CertStolenAuthority:
		return "dangerous"
	}
	return "untrusted"
}

// timeCell is how long the answer took, or the verdict where there was none.
func timeCell(p *report.Entry) string {
	if p.Answered > 0 {
		return phrase.Duration(p.Answered)
	}
	d := p.Connect
	if d == nil {
		d = p.Duration
	}
	if d == nil {
		return "-"
	}
	return duration(*d)
}

func duration(m report.Millis) string {
	return phrase.Duration(time.Duration(float64(m) * float64(time.Millisecond)))
}

// signs stand before a state: usable, not usable, not known.
type signs struct{ good, bad, unsure string }

// signsOf are those that a console can show.
func signsOf(unicode bool) signs {
	if unicode {
		return signs{"✔", "✖", "?"}
	}
	return signs{"+", "x", "?"}
}

// of is the sign of a port or a requirement.
func (s signs) of(usable *bool) string {
	switch {
	case usable == nil:
		return s.unsure
	case *usable:
		return s.good
	}
	return s.bad
}

// stateWords are the state; a port that is open but of no use says so.
func stateWords(p *report.Entry) string {
	if p.State == "open" && report.IsFalse(p.Usable) {
		return "open, not usable"
	}
	return p.State
}
