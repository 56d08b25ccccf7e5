package words

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/services"
)

// Names answers what usually runs on a port; *services.Registry does.
type Names interface {
	Lookup(port uint16, protocol string) services.Service
}

// Subject is one port of one address, or several that fare alike, with all that a sentence about it may need.
type Subject struct {
	Run       *probe.Run
	Target    *probe.TargetRun
	Candidate probe.Candidate
	Port      *evidence.Port
	Verdict   verdict.Verdict
	Host      *evidence.Host // nil while the run goes on
	Through   *probe.Through // the same port through a proxy; nil: not asked
	Service   services.Service

	// ports and addresses are what the sentences are for, where For said so; otherwise Port.
	ports     string
	addresses []string
}

// Note is a finding about a target or a port, or one that a verdict does not exclude.
type Note struct {
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
}

// New makes the subject of a result.
func New(run *probe.Run, t *probe.TargetRun, r *probe.Result, names Names) *Subject {
	s := &Subject{Run: run, Target: t, Port: &r.Port, Verdict: r.Verdict, Host: t.Hosts[r.Port.Addr], Through: r.Through}
	if s.Verdict.State == "" {
		s.Verdict.State = verdict.Unknown
	}
	if s.Verdict.Reason == "" {
		s.Verdict.Reason, s.Verdict.Rule = verdict.NotTested, notTested
	}
	if r.Candidate >= 0 && r.Candidate < len(t.Target.Candidates) {
		s.Candidate = t.Target.Candidates[r.Candidate]
	}
	s.Service = services.Service{Port: r.Port.Port, Protocol: string(r.Port.Protocol)}
	if names != nil {
		s.Service = names.Lookup(r.Port.Port, string(r.Port.Protocol))
	}
	return s
}

// For is the subject of sentences about several ports, as phrase.PortList writes them, and the addresses at which they
// fare alike; none: its own.
func (s *Subject) For(ports string, addresses []string) *Subject {
	many := *s
	many.ports, many.addresses = ports, addresses
	return &many
}

// number is the ports as sentences and rule requests write them: "TCP 443".
func (s *Subject) number() string {
	if s.ports != "" {
		return s.ports
	}
	return strings.ToUpper(string(s.Port.Protocol)) + " " + strconv.Itoa(int(s.Port.Port))
}

// to is the server's address, or all that are meant.
func (s *Subject) to() string {
	switch n := len(s.addresses); {
	case n > 4:
		return fmt.Sprintf("%s and %d more", strings.Join(s.addresses[:3], ", "), n-3)
	case n > 1:
		return strings.Join(s.addresses, ", ")
	case s.Port.Addr.IsValid():
		return phrase.Clean(s.Port.Addr.String())
	}
	return s.name()
}

// name is what the server was asked for by, short enough for a sentence.
func (s *Subject) name() string {
	if s.Candidate.Host != "" {
		return phrase.Short(s.Candidate.Host, 50)
	}
	return phrase.Short(s.Target.Target.Host, 50)
}

// from is the address that the connections came from, or "this computer".
func (s *Subject) from() string {
	from := s.Source().Addr()
	for i := 0; !from.IsValid() && i < len(s.Target.Results); i++ { // a port of a large run: as to the others of its address
		if p := &s.Target.Results[i].Port; p.Addr == s.Port.Addr {
			from = (&Subject{Port: p}).Source().Addr()
		}
	}
	if from.IsValid() && !from.IsUnspecified() {
		return phrase.Clean(from.String())
	}
	return "this computer"
}

// Source is this computer's end of the attempt that tells most, of another one where that one's is not known.
func (s *Subject) Source() netip.AddrPort {
	if best := s.Port.Best(); best != nil && best.Source.IsValid() {
		return best.Source
	}
	for _, a := range s.Port.Attempts {
		if a.Source.IsValid() {
			return a.Source
		}
	}
	return netip.AddrPort{}
}

// flow is what a firewall's rule or log has to be searched for.
func (s *Subject) flow() string {
	if s.loopback() {
		return s.number() + " to " + s.to()
	}
	return fmt.Sprintf("%s from %s to %s", s.number(), s.from(), s.to())
}

// when is the time that a log has to be searched for; "" where the run has none.
func (s *Subject) when() string {
	if s.Run.Started.IsZero() {
		return ""
	}
	return s.Run.Started.UTC().Format("2006-01-02 15:04 UTC")
}

// log is a sentence of its own behind a request: where the rule is found.
func (s *Subject) log() string {
	if at := s.when(); at != "" {
		return "Its log of " + at + " should show the rule"
	}
	return "Its log should show the rule"
}

// loopback reports whether the server is this computer itself.
func (s *Subject) loopback() bool {
	return s.Port.Addr.IsLoopback() || s.Host.IsOwn(s.Port.Addr)
}

func (s *Subject) isServer(a netip.Addr) bool {
	return a.IsValid() && a.Unmap() == s.Port.Addr.Unmap()
}
