package ticket

import (
	"fmt"
	"strings"

	"whyport/probe/verdict"
	"whyport/report/phrase"
)

// numbers are the ports of a flow as sentences list them.
func (f *flow) numbers() string { return phrase.Ranges(f.ports) }

// spans are ports and ranges as commands take them; of very many the range that holds all.
func spans(ports []uint16) []string {
	s, _, _ := strings.Cut(phrase.Ranges(ports), " (")
	return strings.Split(s, ", ")
}

func (f *flow) short() bool { return len(f.ports) <= 8 }

// onServer are the commands that show what listens there and which rule of its own firewall decides.
func onServer(f flow) []block {
	listen, windows := "ss -ltnp", "Get-NetTCPConnection -State Listen"
	if f.protocol == "udp" {
		listen, windows = "ss -lunp", "Get-NetUDPEndpoint"
	}
	if f.short() {
		var ports, locals []string
		for _, n := range f.ports {
			ports, locals = append(ports, fmt.Sprintf("sport = :%d", n)), append(locals, fmt.Sprint(n))
		}
		listen += " '( " + strings.Join(ports, " or ") + " )'"
		windows += " -LocalPort " + strings.Join(locals, ",")
	}
	filter := `Where-Object { $_.Protocol -in "` + strings.ToUpper(f.protocol) + `","Any" }`
	return []block{
		{kind: text, text: "On a Linux server: what listens, and which rule of its firewall decides (one of the three is in use):"},
		{kind: code, lines: []string{"sudo " + listen, "sudo firewall-cmd --list-all", "sudo ufw status numbered",
			"sudo nft list ruleset"}},
		{kind: text, text: "On a Windows server, in PowerShell as administrator:"},
		{kind: code, lines: []string{windows + " | Select-Object LocalAddress,LocalPort,OwningProcess",
			"Get-NetFirewallPortFilter | " + filter +
				" | Get-NetFirewallRule | Where-Object { $_.Enabled -eq \"True\" -and $_.Direction -eq \"Inbound\" }"}},
		{kind: text, text: "Do the packets arrive? Run this on the server while the test is repeated:"},
		{kind: code, lines: []string{"sudo tcpdump -ni any '" + f.filter() + "'"}},
	}
}

// filter is a capture filter (pcap-filter(7)) for our packets and their answers, ICMP errors among them.
func (f *flow) filter() string {
	var parts []string
	for _, r := range spans(f.ports) {
		if strings.Contains(r, "-") {
			parts = append(parts, f.protocol+" portrange "+r)
		} else {
			parts = append(parts, f.protocol+" port "+r)
		}
	}
	s := "(" + strings.Join(parts, " or ") + " or icmp or icmp6)"
	if f.from != ownComputer {
		s = "host " + f.from + " and " + s
	}
	return s
}

// onThisComputer are the commands for the computer that the test ran on.
func onThisComputer(f flow) []block {
	return []block{
		{kind: text, text: "On Linux:"},
		{kind: code, lines: []string{"sudo nft list ruleset", "sudo firewall-cmd --list-all", "sudo ufw status numbered",
			"ip route get " + f.to}},
		{kind: text, text: "On Windows, in PowerShell as administrator:"},
		{kind: code, lines: []string{`Get-NetFirewallRule -Direction Outbound -Enabled True -Action Block`,
			"Find-NetRoute -RemoteIPAddress " + f.to}},
	}
}

// inLog says what to search a firewall's log for, in words that every product has.
func (p *problem) inLog(flows []flow) []block {
	out := []block{{kind: text, text: "Please search the log of the firewall, and of its filters for applications, web and threats, for:"}}
	var items []string
	for _, f := range flows {
		s := fmt.Sprintf("source %s, destination %s, %s, destination port %s", f.from, f.to, strings.ToUpper(f.protocol), f.numbers())
		if len(f.sources) > 0 {
			s += "; source ports " + phrase.Ranges(f.sources)
		}
		items = append(items, s)
	}
	if from, to, ok := p.times(); ok {
		items = append(items, fmt.Sprintf("time %s to %s UTC", from.Format("2006-01-02 15:04:05"), to.Format("15:04:05")))
	}
	items = append(items, "action drop, deny, reject or reset")
	return append(out, block{kind: list, lines: items})
}

// commands settle the matter on the owner's system.
func (p *problem) commands(flows []flow) []block {
	switch p.party {
	case verdict.Server:
		return each(flows, onServer)
	case verdict.ThisComputer:
		return each(flows, onThisComputer)
	}
	out := p.inLog(flows)
	if p.party == verdict.ServerNetwork || p.party == verdict.PartyUnknown || p.party == "" {
		out = append(out, each(flows, onServer)...)
	}
	return out
}

// each has the commands of every flow once: a server with two addresses is asked the same.
func each(flows []flow, commands func(flow) []block) (out []block) {
	said := map[string]bool{}
	for _, f := range flows {
		if key := f.protocol + f.numbers(); !said[key] {
			said[key] = true
			out = append(out, commands(f)...)
		}
	}
	return out
}
