package evidence

import "net/netip"

// ServerHas is what a server's own system says of one of its ports. Codes are those of probe/local.
type ServerHas struct {
	Sockets []ServerSocket `json:"sockets,omitempty"` // that wait there; none: nothing does that may be seen
	More    int            `json:"more,omitempty"`    // sockets beyond those
	Hidden  bool           `json:"hidden,omitempty"`  // programs of other users may not be seen
	// Forwards is set where the kernel may hand the port on by rules alone, with nothing waiting on it.
	Forwards bool `json:"forwards,omitempty"`
}

// ServerSocket is one that waits on a port of the server.
type ServerSocket struct {
	At      netip.AddrPort `json:"at"`
	Own     bool           `json:"own,omitempty"`     // whyport took the port, since nothing waited there
	Program string         `json:"program,omitempty"` // "": may not be seen
	User    string         `json:"user,omitempty"`
	Scope   string         `json:"scope"`           // from where it can be reached, firewalls left aside
	Notes   []string       `json:"notes,omitempty"` // the grave ones: queue-full, program-stopped, shadowed
	// Gate is what the server's own firewall does with new connections from elsewhere: let-in, kept-out, some, not-readable; "":
	// none is known. Firewall and Rule say which, Ask is the command with which an administrator sees the rules.
	Gate     string `json:"gate,omitempty"`
	Firewall string `json:"firewall,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Ask      string `json:"ask,omitempty"`
}
