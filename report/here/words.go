// Package here says what probe/here found: as text for people, as JSON for scripts.
package here

import (
	"fmt"
	"net/netip"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/here"
	"whyport/report/phrase"
)

// Medium is what people call a kind of interface; "" where it is not known.
func Medium(m evidence.Medium) string {
	switch m {
	case evidence.Cable:
		return "cable"
	case evidence.WiFi:
		return "Wi-Fi"
	case evidence.Mobile:
		return "mobile"
	case evidence.Tunnel:
		return "VPN or other tunnel"
	case evidence.Container:
		return "container"
	case evidence.Bridge:
		return "inside this computer"
	case evidence.Guest:
		return "virtual"
	case evidence.Loopback:
		return "loopback"
	}
	return ""
}

// named is an interface with its kind: "wlan0 (Wi-Fi)".
func named(name string, m evidence.Medium) string {
	name = phrase.Short(name, 40)
	if kind := Medium(m); kind != "" {
		return name + " (" + kind + ")"
	}
	return name
}

func family(f evidence.Family) string {
	if f == evidence.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}

func other(f evidence.Family) string {
	if f == evidence.IPv6 {
		return "IPv4"
	}
	return "IPv6"
}

func prefixes(all []netip.Prefix) string {
	var out []string
	for _, p := range all {
		out = append(out, p.String())
	}
	const most = 6
	return phrase.Listed(out, most)
}

// Sentence says a finding and, where somebody can do something, what.
func Sentence(found *here.Finding, facts *here.Facts) string {
	plain := *found
	f := &plain
	f.Interface, f.Other.Name = phrase.Short(f.Interface, 40), phrase.Short(f.Other.Name, 40)
	switch f.Code {
	case here.NoNetwork:
		return "No interface has an address: plug the cable in, or join a network."
	case here.SelfAssigned:
		return fmt.Sprintf("%s has given itself the address %s: no DHCP server answered it. Check cable or Wi-Fi, then whoever runs "+
			"the network's DHCP.", f.Interface, f.Address)
	case here.NoWay:
		return "This computer has an address, but no route to the rest of the world: no default gateway is set."
	case here.GatewayAbsent:
		return fmt.Sprintf("Nobody answers at the gateway's address %s on %s (no %s): it is off, on another network, or its address is "+
			"set wrong here.", f.Address, f.Interface, resolution(f.Family))
	case here.GatewaySilent:
		return fmt.Sprintf("The gateway %s answers nothing itself, which it need not: it may pass packets on all the same.", f.Address)
	case here.NoNameServer:
		return "No name server is set here, or the system does not show it: names can't be found."
	case here.NameServersSilent:
		return "None of the name servers answers: names can't be found. Ask whoever runs them, or test with addresses."
	case here.NameServerSilent:
		return fmt.Sprintf("The name server %s does not answer; others do. Each look-up that begins with it waits.", f.Address)
	case here.NameServerSlow:
		return fmt.Sprintf("The name server %s takes %s: every connection by name begins that much later.", f.Address, phrase.Duration(f.Took))
	case here.NameServerHidden:
		return fmt.Sprintf("The name server's address %s is in %s, a network that exists only inside this computer (%s): what is asked "+
			"there never leaves it.", f.Address, prefixes(f.Prefixes), f.Interface)
	case here.BehindPortal:
		return "This network wants a login first: a page of its own came instead of the one that was asked for. Open a browser and log in."
	case here.PortalPageAbsent:
		return fmt.Sprintf("The page that would show whether a login is wanted did not come (%s).", phrase.Clean(facts.Portal.Error))
	case here.ClockOff:
		return fmt.Sprintf("This computer's clock is %s: certificates, logins and one-time passwords can fail. Set it by a time server.",
			off(f.Took))
	case here.TunnelTakesAll:
		return fmt.Sprintf("Everything goes into the tunnel %s. A block can be at its other end, by the VPN's rules, and "+
			"not in this computer's own network.", f.Interface)
	case here.TunnelTakesSome:
		return fmt.Sprintf("The tunnel %s leads to %s alone; everything else goes past it.", f.Interface, prefixes(f.Prefixes))
	case here.TunnelOneFamily:
		return fmt.Sprintf("%s goes into the tunnel %s, %s past it: a name with addresses of both is reached by different ways.",
			family(f.Family), f.Interface, other(f.Family))
	case here.Overlap:
		return fmt.Sprintf("%s and %s lead to the same addresses (%s and %s). Those in both go to the narrower network. "+
			"A server in the other one is not reached.", f.Interface, f.Other.Name, f.Prefixes[0], f.Prefixes[1])
	case here.OneFamily:
		return fmt.Sprintf("There is no way out by %s: addresses of that kind can't be reached from here.", other(f.Family))
	}
	return ""
}

func resolution(f evidence.Family) string {
	if f == evidence.IPv6 {
		return "neighbour answer"
	}
	return "ARP answer"
}

// answer is what a gateway did.
func answer(g *here.Gateway) string {
	switch g.Answer {
	case here.Answers:
		by := ""
		if g.By.IsValid() && g.By != g.Gateway && g.Gateway.IsValid() {
			by = " as " + g.By.String()
		}
		return "answers" + by + " in " + phrase.Duration(g.RTT)
	case here.Absent:
		return "is not there"
	case here.Silent:
		return "answers nothing"
	}
	return "was not asked"
}

// server is what a name server did.
func server(a *evidence.NameAnswer) string {
	switch a.End {
	case evidence.Answered, evidence.Garbled:
		return "answers in " + phrase.Duration(a.Elapsed)
	case evidence.NotReached:
		return "is not reached"
	case evidence.NotAsked:
		return "was not asked"
	}
	return "does not answer"
}

func portal(p *here.Portal) string {
	url := phrase.Clean(p.URL)
	switch p.Verdict {
	case here.NoPortal:
		return "none: " + url + " came as it should"
	case here.IsPortal:
		if p.Leads != "" {
			return "wanted: " + url + " leads to " + phrase.Clean(p.Leads)
		}
		return "wanted, says the answer to " + url
	case here.OtherPage:
		return fmt.Sprintf("not known: %s answers with status %d, and what belongs there nobody has told", url, p.Status)
	}
	return "not known: " + url + " did not come"
}

// summary is the one sentence that stands first.
func summary(f *here.Facts) string {
	if f.Interrupted {
		return "Interrupted before everything was asked."
	}
	broken := 0
	for _, x := range f.Findings() {
		if x.Broken() {
			broken++
		}
	}
	if broken > 0 {
		return "This computer's own way out is broken:"
	}
	var ways []string
	for _, o := range f.Outside {
		ways = append(ways, family(o.Family))
	}
	how := "the gateway and a name server answer"
	if f.Offline {
		how = "nothing was asked"
	} else if !gatewayAnswered(f) {
		how = "a name server answers"
	}
	return "This computer has a way out by " + strings.Join(ways, " and ") + "; " + how + "."
}

func gatewayAnswered(f *here.Facts) bool {
	for _, g := range f.Gateways {
		if g.Answer == here.Answers {
			return true
		}
	}
	return false
}
