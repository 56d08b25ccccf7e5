package words

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// Notes are findings beside the verdict, with a sentence each.
func (s *Subject) Notes() []Note {
	out := []Note{}
	if habit := s.habitNote(); habit != "" {
		out = append(out, Note{"often-blocked", habit})
	}
	out = append(out, samplesNote(s.Port.Samples)...)
	out = append(out, optionsNotes(s.Port.Tried)...)
	if code, held := holdingNote(verdict.JudgeHold(s.Port.Hold)); code != "" {
		out = append(out, Note{code, held})
	}
	out = append(out, s.farNotes()...)
	sp := s.Port.Speech
	if sp == nil {
		return out
	}
	add := func(code, sentence string) {
		if sentence != "" {
			out = append(out, Note{phrase.Clean(code), sentence})
		}
	}
	add("visits", s.visits())
	for _, code := range sp.Notes {
		switch code {
		case evidence.NoteListenedOnly:
			add(code, "Nothing was sent to this port; it was only listened to. That is so with --careful, and always "+
				"for machines and printers, which obey or print whatever comes.")
		case evidence.NoteSilentByDesign:
			add(code, "Servers of this kind say nothing to those whom they do not know. Silence is what a healthy one "+
				"says.")
		case evidence.NoteBadRequest:
			add(
				code,
				"The server calls a well-formed request malformed (400). A balancer may put a header before it "+
					"(PROXY protocol), or the server wants another name.",
			)
		case evidence.NoteUnlisted:
			add(code, "The database's own list (pg_hba.conf) has no entry for "+s.from()+", at least not for the user that this test names; "+
				"if the application is refused, ask the database's administrator for one.")
		case evidence.NoteOneCaller:
			add(code, "The port seems to take one caller at a time: further connections were turned away while the first one stood, or "+
				"soon after it.")
		case evidence.NoteDomainUnknown:
			add(code, "This server needs a domain name, so encryption could not be tried. Add --server-name company.example.")
		}
	}
	if len(sp.Refers) > 0 {
		add("refers", s.refersNote())
	}
	if sp.Seen.IsValid() && s.Port.Best() != nil && sp.Seen.Addr() != s.Port.Best().Source.Addr() {
		add("seen-as", "The server sees "+sp.Seen.String()+" instead of this computer's address: a NAT is on the way.")
	}
	if verdict.SMTPMasked(sp) {
		add(
			"smtp-masked",
			"A Cisco firewall stands before the mail server and rewrites what is said: its greeting is masked with asterisks (SMTP "+
				"inspection).",
		)
	}
	for _, n := range s.httpNotes(sp.HTTP) {
		add(n.Code, n.Sentence)
	}
	for _, code := range s.tlsNotes() {
		add(code, s.noteSentence(code, sp.TLS))
	}
	if t := sp.TLS; t.Completed() && t.ClientCert && !slices.Contains(t.Notes, evidence.NoteClientCertRequired) {
		add(
			"client-cert-asked",
			"The server asks for a client certificate, which this test has not; it may refuse an application that has none.",
		)
	}
	return append(out, ftpNotes(sp.FTP)...)
}

// noteSentence is "" for codes that the port's own sentence says already.
func (s *Subject) noteSentence(code string, t *evidence.TLS) string {
	if s.saidAlready(code) {
		return ""
	}
	if t.Completed() {
		if said := completedNote(code, t); said != "" {
			return said
		}
	}
	switch code {
	case evidence.NoteNameUnknown:
		return "The server warned that it does not know the name that was asked for, and went on."
	case evidence.NoteInjection:
		return "The server keeps what was sent before encryption began (STARTTLS), which lets others slip commands in; its software " +
			"needs an " +
			"update."
	case evidence.NoteWeakSignature:
		return "The certificate's signature is of a kind that many programs refuse."
	case evidence.NoteUnsteady:
		return "The first try with encryption failed and a repetition worked; repeat the test to see how often that happens."
	case evidence.NoteIssuerToFetch:
		return "The certificate says where to fetch its authority's. Windows, macOS and Chrome do that, other " +
			"programs don't (openssl, Java, Python). So it can work in a browser and fail elsewhere."
	case evidence.NoteIssuerNowhere:
		return "The certificate does not say where to fetch its authority's, so programs can't help themselves."
	case evidence.NoteLongValidity:
		return "The certificate is made for more than 398 days, which Chrome and Safari refuse of public authorities."
	case evidence.NoteStaleStaple:
		return "The proof that the certificate was not withdrawn, which the server sends along (OCSP staple), is out of date; " +
			"programs ask the authority instead, or refuse."
	case evidence.NoteStapleMissing:
		return "The certificate demands a proof that it was not withdrawn (OCSP staple), which the server does not send: Firefox refuses it."
	case evidence.NoteWeakSuite:
		return "The server chose an encryption that is too weak for many programs."
	}
	if !s.Verdict.Usable {
		return ""
	}
	switch code {
	case evidence.NoteStartTLSRefused:
		return "The server offers to go over to encryption (STARTTLS) and then refuses it. Programs that insist" +
			" on encryption fail here."
	case evidence.NoteStartTLSNotOffered:
		return "The server does not offer encryption (STARTTLS), or a device on the way removes the offer. " +
			"Programs that insist on it fail here."
	}
	return ""
}

// completedNote is what a code means where the handshake came to its end.
func completedNote(code string, t *evidence.TLS) string {
	switch code {
	case evidence.NoteBigHelloDropped:
		return "A modern, large TLS greeting gets no answer, only a small one does, so new browsers may hang: a device on the way " +
			"can't handle " +
			"it."
	case evidence.NoteOldVersion:
		return fmt.Sprintf("The server speaks an old version of encryption (%s) that new programs refuse.", phrase.Clean(t.Version))
	case evidence.NoteWeakKey:
		return "A key in the certificate chain is short, so many programs refuse it."
	case evidence.NoteClientCertRequired:
		return "The server insists on a client certificate, so only applications that have one get further."
	case evidence.NotePublicLeaf:
		if t.Verification != nil && t.Verification.Error != "" {
			return "The certificate was logged in public, so it comes from a public authority and not from a company's own."
		}
	case evidence.NoteExpiresSoon:
		if v := t.Verification; v != nil && v.ExpiresInDays != nil && *v.ExpiresInDays >= 0 && (v.Error != "" || t.Inspection != nil) {
			return "The certificate expires in " + daysLeft(*v.ExpiresInDays) + "."
		}
	}
	return ""
}

// ftpNotes say whether data connections of FTP get through, too.
func ftpNotes(f *evidence.FTP) (out []Note) {
	if f == nil {
		return nil
	}
	passive := Note{Code: "ftp-passive-" + phrase.Clean(f.Passive)}
	data := "FTP's second connection for data (passive mode)"
	if f.Port != 0 {
		data = fmt.Sprintf("FTP's second connection for data (passive mode, TCP %d)", f.Port)
	}
	switch {
	case f.Passive == "ok":
		passive.Sentence = data + " gets through."
	case f.Passive == "not-tested" && f.Why == "login-required":
		passive.Sentence = "FTP needs a second connection for data (passive mode), which can't be tested without logging in."
	case f.Passive == "not-tested" && f.Why == "excluded":
		passive.Sentence = data + " was not tested: the port is excluded (--exclude)."
	case f.Passive == "not-tested" && f.Why == "no-passive":
		passive.Sentence = "FTP needs a second connection for data, and the server gave no port for it (passive mode is off there)."
	case f.Passive == "not-tested":
		passive.Sentence = "FTP needs a second connection for data (passive mode), which could not be tested."
	case f.Passive == "refused":
		passive.Sentence = data + " is refused, so listings and transfers fail: its ports are closed, or a firewall refuses them."
	case f.Passive == "no-response":
		passive.Sentence = data + " gets no answer, so listings and transfers hang: a firewall drops it, the server's or one on the way."
	default:
		passive.Sentence = data + " does not get through, so listings and transfers will fail."
	}
	out = append(out, passive)
	if f.Told != "" {
		out = append(out, Note{"ftp-wrong-address", fmt.Sprintf("The server names %s for FTP's data, which is not its "+
			"address, so many programs will fail. It does not know of an address translation.",
			phrase.Short(f.Told, 40))})
	}
	if f.Passive != "ok" {
		out = append(
			out,
			Note{"ftp-active", "In FTP's other mode (active) the server connects from its port 20 to this computer. That can't " +
				"be tested from here and is seldom let in."},
		)
	}
	return out
}

func (s *Subject) tlsNotes() []string {
	if sp := s.Port.Speech; sp != nil && sp.TLS != nil {
		return sp.TLS.Notes
	}
	return nil
}
