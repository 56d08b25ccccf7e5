package local

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// firewalls is the application firewall: its tool tells everybody whether it is on. Since macOS 15 no file that may be read
// does. It lets programs in, not ports, by lists that only an administrator sees, and so is pf.
func firewalls(ctx context.Context) []Firewall {
	const tool = "/usr/libexec/ApplicationFirewall/socketfilterfw"
	w := Firewall{Name: "macOS application firewall", State: Unknown, Ask: "sudo " + tool + " --listapps"}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	out, _ := exec.CommandContext(ctx, tool, "--getglobalstate").Output()
	for state, number := range map[FirewallState]string{Off: "State = 0", On: "State = 1"} {
		if strings.Contains(string(out), number) {
			w.State, w.Evidence = state, strings.TrimSpace(string(out))
		}
	}
	if strings.Contains(string(out), "State = 2") { // all that is not needed is turned away
		w.State, w.Evidence = On, strings.TrimSpace(string(out))
	}
	return []Firewall{w}
}

// ToldFirewall says what an ordinary user is told of this computer's own firewall.
const ToldFirewall = "whether it is on"
