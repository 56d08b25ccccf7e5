package verdict

import (
	"slices"

	"whyport/probe/evidence"
)

// application: data came back, so something stands behind the port. Does it serve?
func application() []rule {
	return slices.Concat(refusalRules(), []rule{
		{"turned-away", func(o *observed) bool { return o.alive() && o.turnedAway() }, openFor(false)},
		{"greeting-unfinished", func(o *observed) bool {
			return o.alive() && slices.Contains(o.speech().Notes, evidence.NoteUnfinished)
		}, openFor(false)},
		{"tls-only", func(o *observed) bool { return o.asked("http") && o.tls().Completed() }, openFor(false)},
		{
			"starttls-instead",
			func(o *observed) bool { return o.asked("tls") && o.alive() && o.tls() != nil && o.tls().StartTLS != "" },
			openFor(false),
		},
		{
			"gateway-alone",
			func(o *observed) bool { return o.alive() && o.speech().HTTP != nil && o.speech().HTTP.Gateway != "" },
			openFor(false),
		},
		{"not-http", func(o *observed) bool { return o.asked("http") && o.alive() && o.speech().HTTP == nil }, openFor(false)},
		{"not-ssh", func(o *observed) bool { return o.asked("ssh") && o.alive() && o.speech().Identified != "ssh" }, openFor(false)},
		{"certificate-refused", func(o *observed) bool {
			return o.alive() && o.tls().Completed() && uselessCertificate(o.tls()) && !o.opportunistic()
		}, openFor(false)},
		{"certificate-refused-unfinished", func(o *observed) bool {
			return o.alive() && !o.tls().Completed() && uselessCertificate(o.tls())
		}, openFor(false)},
		{"unanswered-inside", func(o *observed) bool { return o.alive() && o.speech().Unanswered() != nil }, unansweredInside},
		{"question-unanswered", func(o *observed) bool { return o.alive() && o.unanswered(o.speech().Identified) != nil }, openFor(false)},
		{"not-the-protocol", func(o *observed) bool {
			return o.alive() && o.askedProtocol() && o.speech().Identified != o.speech().Asked
		}, openFor(false)},
		{"data-connection-fails", func(o *observed) bool { return o.alive() && o.dataFails() }, dataStopped},
		{"referred-nowhere", func(o *observed) bool { return o.alive() && o.referredNowhere() }, openFor(false)},
		{"referred-partly", func(o *observed) bool { return o.alive() && o.referredPartly() }, openFor(true)},
		{
			"opportunistic-tls",
			func(o *observed) bool { return o.alive() && o.tls().Completed() && uselessCertificate(o.tls()) },
			openFor(true),
		},
		{"browser-refuses", func(o *observed) bool {
			return o.alive() && o.tls().Shown() && o.speech().Browser && BrowserRefuses(o.tls()) != ""
		},
			openFor(false)},
		{"systems-refuse", func(o *observed) bool {
			return o.alive() && o.tls().Shown() && o.speech().Wanted && SystemsRefuse(o.tls()) != ""
		},
			openFor(false)},
		{"tls-completed", func(o *observed) bool { return o.alive() && o.tls().Completed() }, openFor(true)},
		{"client-certificate-wanted", func(o *observed) bool { return o.alive() && o.tls() != nil && o.tls().ClientCert }, openFor(true)},
	}, withoutTLS(), withAnything())
}

// withoutTLS: encryption was asked for, somebody answers, and it did not come about.
func withoutTLS() []rule {
	missing := func(how condition) condition {
		return func(o *observed) bool { return o.asked("tls", "starttls") && o.alive() && how(o) }
	}
	return []rule{
		{"starttls-failed", missing((*observed).upgradeFailed), openFor(false)},
		{"starttls-refused", missing(noted(evidence.NoteStartTLSRefused)), openFor(false)},
		{"starttls-not-offered", missing(noted(evidence.NoteStartTLSNotOffered)), openFor(false)},
		{"tls-alert", missing(tlsState(evidence.TLSAlert)), openFor(false)},
		{"tls-faulty", missing(tlsState(evidence.TLSFailed)), openFor(false)},
		{"plain-for-tls", missing(tlsState(evidence.TLSPlaintext)), openFor(false)},
		{"not-tls", missing(tlsState(evidence.TLSNotTLS)), openFor(false)},
		{"no-tls", missing(tlsState(evidence.TLSReset, evidence.TLSEOF, evidence.TLSNoResponse)), openFor(false)},
		{"tls-unreached", missing(func(*observed) bool { return true }), openFor(false)},
	}
}

// withAnything: nothing in particular was asked for, and somebody answers.
func withAnything() []rule {
	spoke := func(how condition) condition {
		return func(o *observed) bool { return o.alive() && how(o) }
	}
	return []rule{
		{"spoke-starttls-failed", spoke((*observed).upgradeFailed), openFor(false)},
		{"spoke-tls-alert", spoke(tlsState(evidence.TLSAlert)), openFor(true)},
		{"spoke-tls-faulty", spoke(tlsState(evidence.TLSFailed)), openFor(true)},
		{"spoke-no-tls", spoke(tlsState(evidence.TLSReset, evidence.TLSEOF, evidence.TLSNoResponse)), openFor(true)},
		{
			"own-protocol",
			spoke(func(o *observed) bool { return tlsState(evidence.TLSNotTLS)(o) && o.speech().Identified == "" }),
			openFor(true),
		},
		{"spoke", (*observed).alive, openFor(true)},
	}
}

// upgradeFailed reports that the server agreed to go over to TLS and did not get there. A method of TLS that this test
// has not is no failure of the upgrade.
func (o *observed) upgradeFailed() bool {
	return o.tls() != nil && o.tls().StartTLS != "" && !o.noted(evidence.NoteUnsupportedMethod) &&
		tlsState(evidence.TLSReset, evidence.TLSEOF,
			evidence.TLSNoResponse, evidence.TLSPlaintext, evidence.TLSNotTLS, evidence.TLSFailed)(o)
}

func tlsState(states ...evidence.TLSState) condition {
	return func(o *observed) bool { return o.tls() != nil && slices.Contains(states, o.tls().State) }
}

func noted(code string) condition {
	return func(o *observed) bool { return o.noted(code) }
}
