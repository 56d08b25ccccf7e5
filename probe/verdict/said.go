package verdict

import (
	"net/netip"
	"slices"

	"whyport/probe/evidence"
	"whyport/services/wants"
)

// What was said on a connection, and what it means for its use.

// speech is what was said; never nil.
func (o *observed) speech() *evidence.Speech {
	if o.port.Speech == nil {
		return &evidence.Speech{}
	}
	return o.port.Speech
}

func (o *observed) tls() *evidence.TLS { return o.speech().TLS }

// alive reports that the connection stood and application data came back.
func (o *observed) alive() bool { return o.connected() && o.port.Speech.SignOfLife() }

// asked reports that the connection stood and one of these was asked of it.
func (o *observed) asked(what ...string) bool {
	return o.connected() && slices.Contains(what, o.speech().Asked)
}

// askedProtocol reports that a protocol was asked for by its name, other than those with rules of their own.
func (o *observed) askedProtocol() bool {
	asked := o.speech().Asked
	return asked != wants.Anything && !slices.Contains(wants.Expectations(), asked)
}

// quiet reports that a ClientHello, sent first of all, got no word back.
func (o *observed) quiet() bool {
	t := o.tls()
	return o.connected() && t != nil && t.StartTLS == "" && isQuiet(t.State)
}

func (o *observed) noted(code string) bool {
	return o.tls() != nil && slices.Contains(o.tls().Notes, code)
}

// dataFails: a protocol's data connections do not get through, or are to be made to an address that leads elsewhere.
func (o *observed) dataFails() bool {
	f := o.speech().FTP
	return f != nil && (f.Passive == "refused" || f.Passive == "no-response" || f.Passive == "failed" || o.dataElsewhere())
}

// dataElsewhere: data is to be fetched from an address that is nobody's, or that is none on the Internet, as the server's is.
func (o *observed) dataElsewhere() bool {
	f := o.speech().FTP
	if f == nil || f.Told == "" {
		return false
	}
	told, err := netip.ParseAddr(f.Told)
	return err == nil && (told.IsUnspecified() || isLocalSpace(told) && !isLocalSpace(o.port.Addr))
}

// dataStopped says where packets to a silent data port end.
func dataStopped(o *observed) Verdict {
	v := openFor(false)(o)
	if d := o.speech().FTP.Data; d != nil {
		data := *o
		data.port, data.best, data.icmp = d, d.Best(), nil
		v.Where = filtered(&data).Where
	}
	return v
}

func (o *observed) blockPage() string {
	if h := o.speech().HTTP; h != nil {
		return h.BlockPage
	}
	return ""
}

func isQuiet(s evidence.TLSState) bool {
	return s == evidence.TLSReset || s == evidence.TLSEOF || s == evidence.TLSNoResponse
}

// refusedCertificate: what every program that looks at certificates refuses, whatever roots it carries.
func refusedCertificate(t *evidence.TLS) bool {
	if t == nil || t.Verification == nil {
		return false
	}
	v := t.Verification
	no := func(b *bool) bool { return b != nil && !*b }
	switch v.Error {
	case evidence.CertRevoked, evidence.CertStolenAuthority,
		evidence.CertNameConstraints, evidence.CertPathLength, evidence.CertNotCA, evidence.CertCriticalExtension:
		return true
	}
	return no(v.NameOK) || no(v.TimeOK)
}

// openFor: the application is there, and of use or not.
func openFor(use bool) outcome {
	return func(o *observed) Verdict {
		v := Verdict{State: Open, Reason: SynAck, Usable: use}
		if _, is := o.imposter(); is {
			v.Caveats = append(v.Caveats, TransparentProxy)
		} else if o.enteredUnexplained() {
			v.Confidence = Likely
		}
		if o.noted(evidence.NoteUnsteady) && !o.disagreed() {
			v.Caveats = append(v.Caveats, Disagreed)
		}
		return v
	}
}

func (o *observed) turnedAway() bool {
	return slices.Contains(o.speech().Notes, evidence.NoteTurnedAway)
}

func (o *observed) listenedOnly() bool {
	return slices.Contains(o.speech().Notes, evidence.NoteListenedOnly)
}

// unanswered is a conversation in the open in which what was said got no answer; nil where there was none.
func (o *observed) unanswered(said string) *evidence.Mute {
	for i := range o.speech().Mute {
		if m := &o.speech().Mute[i]; m.Said == said && !m.Inside && decisive(m) {
			return m
		}
	}
	return nil
}

// opportunistic: encryption was offered and taken although nothing asked for it: its clients connect whatever the
// certificate is.
func (o *observed) opportunistic() bool {
	return o.tls() != nil && o.tls().StartTLS != "" && !o.asked("tls", "starttls")
}

func (o *observed) quietReason() Reason {
	switch t := o.tls(); {
	case t != nil && t.State == evidence.TLSReset:
		return TLSReset
	case t != nil && t.State == evidence.TLSEOF:
		return TLSEOF
	}
	return TLSNoResponse
}
