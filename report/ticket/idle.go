package ticket

import (
	"fmt"
	"time"

	"whyport/report"
)

// longest is the longest silence that was tried at one of the ports.
func (p *problem) longest() (longest time.Duration) {
	for _, e := range p.entries {
		longest = max(longest, e.Hold.Longest())
	}
	return longest.Round(time.Second)
}

// why is what a port has: the note on idle connections, or its verdict.
func (p *problem) why(e *report.Entry) string {
	if p.idle {
		for _, n := range e.Notes {
			if n.Code == e.Hold.Finding {
				return n.Sentence
			}
		}
	}
	return e.Why
}

// holding is what the command that verifies needs to see idle connections, too.
func (p *problem) holding() string {
	if !p.idle {
		return ""
	}
	return fmt.Sprintf(" --hold %d", int(p.longest().Seconds()))
}

// success is what shows that the change works.
func (p *problem) success() string {
	if p.idle {
		return `it says "still works after ` + report.Silence(p.longest()) + ` of silence"`
	}
	return "exit code 0: it works"
}

// idleCommands show how long idle connections are remembered, in words that every product has and for Linux
// (nf_conntrack-sysctl, kernel documentation).
func idleCommands() []block {
	return []block{
		{kind: text, text: "On the firewall: the idle time-out of TCP sessions, also that of a rule or service (session TTL, connection timeout). " +
			"NAT devices and load balancers have one, too."},
		{kind: text, text: "On a firewall with Linux, in seconds:"},
		{kind: code, lines: []string{"sysctl net.netfilter.nf_conntrack_tcp_timeout_established"}},
		{kind: text, text: "If it has to stay: set the application's keepalive below it."},
	}
}
