package report

import (
	"fmt"
	"net/netip"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
)

// subject is one port of one address with all that a sentence about it may need.
type subject struct {
	run       *probe.Run
	target    *probe.TargetRun
	candidate probe.Candidate
	port      *evidence.Port
	verdict   verdict.Verdict
	host      *evidence.Host // nil while the run goes on
	service   services.Service
}

// words are the sentences about a port.
type words struct {
	finding string // why in a few words, for a table's cell
	why     string // one sentence
	next    string // one sentence; "" where there is nothing to do
}

func newSubject(run *probe.Run, t *probe.TargetRun, r *probe.Result, names Names) *subject {
	s := &subject{run: run, target: t, port: &r.Port, verdict: r.Verdict, host: t.Hosts[r.Port.Addr]}
	if s.verdict.State == "" {
		s.verdict.State = verdict.Unknown
	}
	if s.verdict.Reason == "" {
		s.verdict.Reason = verdict.NotTested
	}
	if r.Candidate >= 0 && r.Candidate < len(t.Target.Candidates) {
		s.candidate = t.Target.Candidates[r.Candidate]
	}
	s.service = services.Service{Port: r.Port.Port, Protocol: string(r.Port.Protocol)}
	if names != nil {
		s.service = names.Lookup(r.Port.Port, string(r.Port.Protocol))
	}
	return s
}

// number is the port as sentences and rule requests write it: "TCP 443". The table relies on this
// spelling where it says the same of several ports.
func (s *subject) number() string { return portPhrase(string(s.port.Protocol), s.port.Port) }

func portPhrase(protocol string, port uint16) string {
	return fmt.Sprintf("%s %d", strings.ToUpper(protocol), port)
}

// to is the server's address.
func (s *subject) to() string {
	if s.port.Addr.IsValid() {
		return clean(s.port.Addr.String())
	}
	return s.name()
}

// name is what the server was asked for by, short enough for a sentence.
func (s *subject) name() string {
	if s.candidate.Host != "" {
		return short(s.candidate.Host, 50)
	}
	return short(s.target.Target.Host, 50)
}

// from is the address that the connections came from, or "this computer".
func (s *subject) from() string {
	from := s.source().Addr()
	for i := 0; !from.IsValid() && i < len(s.target.Results); i++ { // a port of a large run: as to the others of its address
		if p := &s.target.Results[i].Port; p.Addr == s.port.Addr {
			from = (&subject{port: p}).source().Addr()
		}
	}
	if from.IsValid() && !from.IsUnspecified() {
		return clean(from.String())
	}
	return "this computer"
}

// source is this computer's end of the attempt that tells most, of another one where that one's is not known.
func (s *subject) source() netip.AddrPort {
	if best := s.port.Best(); best != nil && best.Source.IsValid() {
		return best.Source
	}
	for _, a := range s.port.Attempts {
		if a.Source.IsValid() {
			return a.Source
		}
	}
	return netip.AddrPort{}
}

// flow is what a firewall's rule or log has to be searched for.
func (s *subject) flow() string {
	if s.loopback() {
		return s.number() + " to " + s.to()
	}
	return fmt.Sprintf("%s from %s to %s", s.number(), s.from(), s.to())
}

// when is the time that a log has to be searched for; "" where the run has none.
func (s *subject) when() string {
	if s.run.Started.IsZero() {
		return ""
	}
	return s.run.Started.UTC().Format("2006-01-02 15:04 UTC")
}

// log is the end of a request to look at a log.
func (s *subject) log() string {
	if at := s.when(); at != "" {
		return "its log of " + at + " should show the rule"
	}
	return "its log should show the rule"
}

// loopback reports whether the server is this computer itself.
func (s *subject) loopback() bool {
	return s.port.Addr.IsLoopback() || s.host.IsOwn(s.port.Addr)
}

func (s *subject) isServer(a netip.Addr) bool {
	return a.IsValid() && a.Unmap() == s.port.Addr.Unmap()
}
