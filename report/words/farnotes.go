package words

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// farNotes are what the listener told of the way, beside the verdict.
func (s *Subject) farNotes() (out []Note) {
	f := s.Port.FarEnd
	if f == nil {
		return s.untold()
	}
	if f.Proven && f.Own.Addr().IsValid() && f.Source.Addr() != f.Own.Addr() {
		out = append(out, Note{"far-nat", fmt.Sprintf("The server sees %s instead of %s: a NAT is on the way.%s",
			phrase.Clean(f.Source.String()), phrase.Clean(f.Own.String()), mappingWords(f.Mapping))})
	} else if f.Proven && f.Own.Port() != 0 && f.Source.Port() != f.Own.Port() {
		out = append(out, Note{"far-nat", fmt.Sprintf("The server sees source port %d instead of %d: a NAT or proxy is on the way.",
			f.Source.Port(), f.Own.Port())})
	}
	if f.Proven && f.Local.IsValid() && f.To.IsValid() && f.Local != f.To {
		out = append(out, Note{"far-forwarded", fmt.Sprintf("The server was called at %s and got it at %s: a NAT or balancer in front "+
			"passes it on.", phrase.Clean(f.To.String()), phrase.Clean(f.Local.String()))})
	}
	return slices.Concat(out, s.serverNotes(f.Has), changeNotes(f))
}

// untold is why nothing is known from the listener.
func (s *Subject) untold() []Note {
	switch {
	case s.Port.FarElsewhere:
		return []Note{Note{"far-untold", "The listener at the server answered on another port, and tells nothing of this one. " +
			"Did its command name this port?"}}
	case s.Port.FarBeyondCode:
		return []Note{Note{"far-untold", fmt.Sprintf("The code that was typed says nothing of this port: it is about the lowest %d TCP ports.",
			farend.CodePorts)}}
	case !s.Port.FarAsked:
		return nil
	case s.Verdict.State == verdict.Closed:
		return []Note{Note{"far-unasked", "No listener answered, and this port is refused. Does whyport listen still run there, with this port?"}}
	case s.Verdict.State == verdict.Open:
		return []Note{Note{"far-unasked", "What answers here is not the listener of this token. Does whyport listen still run there, with it?"}}
	}
	return []Note{Note{"far-unasked", "The listener at the server could not be asked, since it answered on no port. " +
		"Add --code with the six letters that it shows."}}
}

// mappingWords say of a NAT what two connections from one source port showed (RFC 4787, 4.1), and no more.
func mappingWords(m string) string {
	switch m {
	case evidence.MappingKept:
		return " It keeps the source port towards two ports of the server."
	case evidence.MappingSame:
		return " It makes the same new source port for two ports of the server."
	case evidence.MappingByPort:
		return " It makes another source port for each port of the server (symmetric NAT), which troubles calls and peer-to-peer."
	}
	return ""
}

// changeNotes say what was changed on the way.
func changeNotes(f *evidence.FarEnd) (out []Note) {
	add := func(code, sentence string) { out = append(out, Note{code, sentence}) }
	switch f.TLS {
	case evidence.FarTLSOpened:
		add("far-tls-opened", fmt.Sprintf("Encryption (TLS) is opened on the way: instead of the listener's own certificate one of %s came.",
			phrase.Short(f.Issuer, 60)))
	case evidence.FarTLSOther:
		add("far-tls-other", fmt.Sprintf("With encryption (TLS) something else than the listener answers: a certificate of %s came.",
			phrase.Short(f.Issuer, 60)))
	}
	if len(f.Changed) > 0 {
		c := f.Changed[0]
		add("far-changed", fmt.Sprintf("A device on the way changes what is said: %s arrived as %s. That is an application gateway (ALG) "+
			"or an inspection.", quoted(c.Sent), quoted(c.Arrived)))
	}
	if len(f.Head) > 0 {
		add("far-headers", fmt.Sprintf("A proxy is on the way: requests arrive with %s.", quoted(strings.Join(f.Head, "; "))))
	}
	for _, b := range f.Backs {
		add("far-back", backWords(b))
	}
	return out
}

// backWords say what became of a connection from the server to here.
func backWords(b evidence.Back) string {
	switch {
	case b.Untried == evidence.BackNoRight:
		return fmt.Sprintf("The connection back to TCP %d was not tried: this user may not listen on it here. Run it as root.", b.Port)
	case b.Untried == evidence.BackNoTCP:
		return fmt.Sprintf("The connection back to TCP %d was not tried: the listener could be asked over UDP alone.", b.Port)
	case b.Untried != "":
		return fmt.Sprintf("The connection back to TCP %d could not be tested: the listener gave no answer to that.", b.Port)
	case b.Outcome == evidence.NotRun:
		return fmt.Sprintf("The listener makes no connection to TCP %d; start it with --connect-back %d.", b.Port, b.Port)
	case b.Outcome == evidence.Connected && b.Arrived:
		return fmt.Sprintf("The server can connect back to TCP %d of this computer.", b.Port)
	case b.Outcome == evidence.Connected:
		return fmt.Sprintf("The server's connection back to TCP %d was answered, but not by this program.", b.Port)
	case b.Outcome == evidence.Refused:
		return fmt.Sprintf("The server's connection back to TCP %d is refused: by a NAT, or a firewall on the way or here.", b.Port)
	case b.Outcome == evidence.Silent:
		return fmt.Sprintf("The server's connection back to TCP %d gets no answer: a firewall or NAT does not let it in.", b.Port)
	}
	return fmt.Sprintf("The server's connection back to TCP %d fails: a firewall rejects it, or a route is missing.", b.Port)
}

func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return `"` + phrase.Short(s, 60) + `"`
}
