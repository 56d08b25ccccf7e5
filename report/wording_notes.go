package report

import (
	"fmt"
	"slices"

	"whyport/probe/evidence"
)

// notes are findings beside the verdict, with a sentence each.
func (s *subject) notes() []Note {
	out := []Note{}
	sp := s.port.Speech
	if sp == nil {
		return out
	}
	codes := slices.Clone(sp.Notes)
	if sp.TLS != nil {
		codes = append(codes, sp.TLS.Notes...)
	}
	for _, code := range codes {
		if sentence := noteSentence(code, sp.TLS); sentence != "" {
			out = append(out, Note{code, sentence})
		}
	}
	if n, ok := ftpNote(sp.FTP); ok {
		out = append(out, n)
	}
	return out
}

// noteSentence is "" for codes that the port's own sentence says already.
func noteSentence(code string, t *evidence.TLS) string {
	completed := t.Completed()
	switch code {
	case "listened-only":
		return "Nothing was sent to this port, since printers and the like print or obey whatever comes."
	case "name-unknown":
		return "The server warned that it does not know the name that was asked for, and went on."
	case "starttls-injection":
		return "The server keeps what was sent before encryption began (STARTTLS), which lets others slip commands in; its software needs an update."
	case "weak-signature":
		return "The certificate's signature is of a kind that many programs refuse."
	case "unsteady":
		return "The first try with encryption failed and a repetition worked; repeat the test to see how often that happens."
	case "big-hello-dropped":
		if completed {
			return "A modern, large TLS greeting gets no answer, only a small one does, so new browsers may hang: a device on the way can't handle it."
		}
	case "old-version":
		if completed {
			return "The server speaks an old TLS version that new programs refuse."
		}
	case "weak-suite":
		return "The server chose an encryption that is too weak for many programs."
	case "weak-key":
		if completed {
			return "The certificate's key is short, so many programs refuse it."
		}
	}
	return ""
}

// ftpNote says whether data connections of FTP get through, too.
func ftpNote(f *evidence.FTP) (Note, bool) {
	if f == nil {
		return Note{}, false
	}
	data := "FTP needs a second connection for data"
	if f.Port != 0 {
		data = fmt.Sprintf("FTP's second connection for data (TCP %d)", f.Port)
	}
	switch {
	case f.Passive == "ok":
		return Note{"ftp-passive-ok", "FTP's second connection for data gets through (passive mode)."}, true
	case f.Passive == "not-tested" && f.Why == "login-required":
		return Note{"ftp-passive-not-tested", "FTP needs a second connection for data (passive mode), which can't be tested without logging in."}, true
	case f.Passive == "not-tested":
		return Note{"ftp-passive-not-tested", "FTP needs a second connection for data (passive mode), which could not be tested."}, true
	case f.Port == 0:
		return Note{"ftp-passive-" + clean(f.Passive), data + " (passive mode), which did not get through."}, true
	}
	return Note{"ftp-passive-" + clean(f.Passive), data + " does not get through, so listings and transfers will fail (passive mode)."}, true
}

// upgradeWords are for a server that was asked to go over to TLS (STARTTLS) and did not.
func (s *subject) upgradeWords() *words {
	if s.verdict.Usable {
		return nil
	}
	ask := fmt.Sprintf("Ask the server's administrator whether encryption (STARTTLS) is on for %s, and if it is, which device on the way removes it.", s.number())
	switch notes := s.tlsNotes(); {
	case slices.Contains(notes, "starttls-refused"):
		return &words{"encryption offered, then refused",
			"The server offers to go over to encryption (STARTTLS) and then refuses it.", ask}
	case slices.Contains(notes, "starttls-not-offered"):
		return &words{"encryption is not offered",
			"The server does not offer encryption (STARTTLS): it is off there, or a device on the way removes the offer.", ask}
	}
	return nil
}
