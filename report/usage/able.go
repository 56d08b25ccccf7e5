package usage

import (
	"whyport/probe/confine"
	"whyport/probe/farend/listen"
	"whyport/probe/local"
	"whyport/probe/proxy/settings"
	"whyport/probe/socket"
)

// Ability is something that a system lets this program do or know, without administrator rights. How is "yes", "no" or how far;
// the constants stand beside the code that they are about, in the files of each system.
type Ability struct {
	Name string `json:"name"`
	What string `json:"-"` // for the README's table
	How  string `json:"how"`
}

// Abilities are those of this system.
func Abilities() []Ability {
	return []Ability{
		{"icmp-errors", "which ICMP error ended an attempt, and who sent it; the path hop by hop", socket.ToldICMP},
		{"repeats", "whether a silent SYN left this computer, and how its repeats went", socket.ToldRepeats},
		{"answer-ttl", "answers made nearer than the server, by their TTL", socket.AnswerTTL},
		{"packet-size", "how large packets may be (`--mtu`)", socket.Sizes},
		{"options", "DSCP, ECN, Multipath TCP, Fast Open (`--options`)", socket.Extras},
		{"interface", "`--interface` keeps to it", socket.BindsDevice},
		{"routes", "the routing table", socket.ToldRoutes},
		{"firewall", "this computer's firewall", local.ToldFirewall},
		{"programs", "which program listens (`whyport local`)", local.ToldPrograms},
		{"half-open", "`whyport listen`: SYNs whose answer gets lost", listen.SeesHalfOpen},
		{"capture", "`whyport listen`: packets that the firewall drops", listen.CanCapture},
		{"proxy-settings", "proxies of the desktop or system", settings.From},
		{"sandbox", "tests are confined", confine.Way},
	}
}
