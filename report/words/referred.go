package words

import (
	"fmt"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// referredRows are for servers whose clients go on to other addresses, not all of which can be reached.
func referredRows() []row {
	return []row{
		{"referred-nowhere", (*Subject).referredWords}, {"udp-referred-nowhere", (*Subject).referredWords},
		{"referred-partly", (*Subject).referredWords}, {"udp-referred-partly", (*Subject).referredWords},
	}
}

// Onward says of a referral what became of it: "does not resolve here".
func (s *Subject) Onward(r *evidence.Referral) string {
	switch r.Skipped {
	case evidence.SkippedSelf:
		return "means this computer itself"
	case evidence.SkippedNowhere:
		return "is no server's address"
	case evidence.SkippedExcluded:
		return "is excluded from tests"
	case evidence.SkippedTooMany:
		return "was not tested"
	}
	switch {
	case r.Resolution.Problem == evidence.LookupNotFound || r.Resolution.Problem == evidence.LookupNoAddress:
		return "does not resolve here"
	case r.Resolution.Problem == evidence.LookupInterrupted:
		return "was not tested"
	case r.Resolution.Problem != "":
		return "could not be looked up"
	case verdict.OnwardOf(r) == verdict.OnwardWorks:
		return "accepts connections"
	case len(r.Reached) == 0:
		return "leads to no server"
	}
	switch v := s.OnwardVerdict(&r.Reached[0]); v.State {
	case verdict.Closed:
		return "refuses the connection"
	case verdict.Blocked:
		return "is blocked"
	case verdict.Unreachable:
		return "can't be reached"
	case verdict.Filtered:
		return "gets no answer"
	}
	return "was not tested"
}

// OnwardVerdict is the verdict on one address of a referral, of which no more is known than its own answer.
func (s *Subject) OnwardVerdict(p *evidence.Port) verdict.Verdict {
	host := &evidence.Host{Addr: p.Addr}
	if s.Host != nil {
		host.Own = s.Host.Own
	}
	return verdict.Judge(p, host)
}

// lost are the referrals that lead nowhere.
func (s *Subject) lost() (out []*evidence.Referral) {
	for i := range s.Port.Referred {
		if r := &s.Port.Referred[i]; verdict.OnwardOf(r) == verdict.OnwardFails {
			out = append(out, r)
		}
	}
	return out
}

func (s *Subject) referredWords() Sentences {
	lost := s.lost()
	if len(lost) == 0 {
		return s.plainWords()
	}
	first := lost[0]
	to, became := phrase.Short(first.To, 60), s.Onward(first)
	which := to + ", which " + became
	if n := len(lost) - 1; n > 0 {
		which += fmt.Sprintf(" (and %d more such)", n)
	}
	w := Sentences{Finding: "sends on to " + which}
	w.Why = fmt.Sprintf("The server answers with %s, but it sends its clients on to %s.", s.speaks(), which)
	if works := len(s.Port.Referred) - len(lost); works > 0 {
		w.Why += fmt.Sprintf(" %d of the %d addresses that it names can't be used from here.", len(lost), len(s.Port.Referred))
	}
	w.Next = s.onwardStep(first)
	return w
}

// onwardStep is what to do of a referral that leads nowhere.
func (s *Subject) onwardStep(r *evidence.Referral) string {
	host, setting := phrase.Short(r.Host, 60), s.announces()
	if host == "" {
		host = "the server"
	}
	switch {
	case r.Skipped != "":
		return fmt.Sprintf("Ask the server's administrator to announce a name that leads to the server from here%s.", setting)
	case len(r.Reached) == 0:
		return fmt.Sprintf("Ask for %s in your name server (DNS), or ask the server's administrator to announce a name that resolves here%s.",
			host, setting)
	}
	if s.OnwardVerdict(&r.Reached[0]).State == verdict.Closed {
		return fmt.Sprintf("Ask the server's administrator whether a service listens on %s, or to announce another address%s.",
			phrase.Short(r.To, 60), setting)
	}
	return fmt.Sprintf("Ask for TCP %d to %s to be let through, too; whyport %s -p %d shows where it is stopped.", r.Port, host,
		strings.ReplaceAll(hostOf(r), " ", ""), r.Port)
}

func hostOf(r *evidence.Referral) string {
	if r.Host == "" {
		return phrase.Clean(r.Reached[0].Addr.String())
	}
	return phrase.Short(r.Host, 60)
}

// announces is the setting of a server's software that says where its clients are sent.
func (s *Subject) announces() string {
	if s.Port.Speech == nil {
		return ""
	}
	setting := map[string]string{
		"kafka":      "advertised.listeners",                                                  // Kafka's broker configuration
		"mongodb":    "the members of the replica set, rs.conf()",                             // MongoDB manual, replica set configuration
		"redis":      "cluster-announce-ip or -hostname, or the master's address in Sentinel", // redis.conf, sentinel.conf
		"oracle-tns": "local_listener",                                                        // Oracle Net Services Reference
	}[s.Port.Speech.Identified]
	return with("", setting)
}

// refersNote lists where clients are sent to, and what became of each.
func (s *Subject) refersNote() string {
	if len(s.Port.Referred) == 0 {
		return "The server sends its clients on to " + phrase.Clean(phrase.Short(strings.Join(s.Port.Speech.Refers, ", "), 200)) +
			": these names must resolve, and these ports be reachable, from here, too."
	}
	var all []string
	for i := range s.Port.Referred {
		r := &s.Port.Referred[i]
		all = append(all, phrase.Short(r.To, 60)+" "+s.Onward(r))
	}
	return "The server sends its clients on, and these addresses were tested, too: " + phrase.Listed(all, 8) + "."
}
