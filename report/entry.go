package report

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"whyport/report/phrase"
	"whyport/report/words"
	"whyport/services"
)

// Entry is one port of one address, or many that share a verdict, as people read them.
type Entry struct {
	*Port
	Numbers  []uint16       // all that it stands for; Port is the first
	Answered time.Duration  // how long the first answer took; 0: there was none
	subject  *words.Subject // nil: of a saved report
}

func entryOf(s *words.Subject, paths map[pathKey]*Path) *Entry {
	e := &Entry{Port: portOf(s, paths), Numbers: []uint16{s.Port.Port}, subject: s}
	if best := s.Port.Best(); best != nil && best.Outcome.Answered() {
		e.Answered = best.Elapsed
	}
	return e
}

// says are the sentences for all these ports and addresses. Those of a saved report are about its port alone.
func (e *Entry) says(ports string, addresses []string) words.Sentences {
	if e.subject == nil {
		return words.Sentences{Finding: e.Finding, Why: e.Why, Next: Value(e.NextStep)}
	}
	return e.subject.For(ports, addresses).Words()
}

// Sources are this computer's ends of all attempts; of a saved report the one that it has.
func (e *Entry) Sources() (out []netip.AddrPort) {
	if e.subject == nil {
		if s, err := netip.ParseAddrPort(Value(e.Source)); err == nil {
			out = append(out, s)
		}
		return out
	}
	for _, a := range e.subject.Port.Attempts {
		if a.Source.IsValid() {
			out = append(out, a.Source)
		}
	}
	return out
}

// Amount is the number of ports behind entries.
func Amount(entries []*Entry) (n int) {
	for _, e := range entries {
		n += len(e.Numbers)
	}
	return n
}

// PortList writes the ports of entries as a rule request would.
func PortList(entries []*Entry) string {
	all := make([]phrase.Ports, 0, len(entries))
	for _, e := range entries {
		all = append(all, phrase.Ports{Protocol: e.Protocol, Numbers: e.Numbers})
	}
	return phrase.PortList(all...)
}

// Label is a port with its usual service: "443 (https)", "53/udp (domain)".
func (p *Port) Label() string {
	s := p.Number()
	if name := p.Service.Called(); name != "" {
		s += " (" + name + ")"
	}
	if p.Host != nil {
		s += " at " + phrase.Short(*p.Host, 40)
	}
	return s
}

// Number is the port, with its protocol where that is not TCP.
func (p *Port) Number() string {
	if p.Protocol == "tcp" {
		return strconv.Itoa(int(p.Port))
	}
	return strconv.Itoa(int(p.Port)) + "/" + p.Protocol
}

// Called is what people call the service: its everyday name, else the registry's.
func (s *Service) Called() string {
	if s.Everyday != nil {
		return *s.Everyday
	}
	return Value(s.Name)
}

// everydayName is what people call a service in two or three words, "Remote Desktop" for ms-wbt-server; "" where the registry's
// name is the abbreviation that they know: https, imaps.
func everydayName(s services.Service) string {
	name, inside, _ := strings.Cut(strings.TrimSuffix(s.Everyday, ")"), " (")
	known, _, _ := strings.Cut(strings.ToLower(inside), " ")
	if !strings.Contains(name, " ") { // "Database" alone says too little
		name = inside
	}
	if known != "" && strings.Contains(s.Name, strings.TrimSuffix(known, ",")) || strings.ContainsAny(name, ",;") ||
		len(name) > maxEveryday {
		return ""
	}
	return name
}

// maxEveryday bounds an everyday name, which stands in lists and columns.
const maxEveryday = 32
