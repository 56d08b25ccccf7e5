package usage

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"whyport/probe"
)

// trackedFor is how many seconds Linux remembers a SYN that nothing answered (nf_conntrack_tcp_timeout_syn_sent).
const trackedFor = 120

// WarnTracking says before a run that this computer's own connection tracking may overflow by it: then new
// connections fail, of other programs, too. dir is /proc/sys/net/netfilter; without it, as on other systems, nothing is
// said.
func WarnTracking(w io.Writer, plan *probe.Plan, dir string) {
	most, used := number(dir, "nf_conntrack_max"), number(dir, "nf_conntrack_count")
	if used == 0 { // nothing is tracked
		return
	}
	probes := 0
	for _, t := range plan.Targets {
		if !t.Addr.IsLoopback() {
			probes += len(t.Candidates)
		}
	}
	need := 2 * probes // a silent port is asked at least twice
	if rate := plan.Options.Rate; rate > 0 {
		need = min(need, rate*trackedFor)
	}
	if need <= (most-used)/2 {
		return
	}
	gentler := "--rate 500"
	if rate := plan.Options.Rate; rate > 0 && rate <= 500 {
		gentler = "a lower --rate"
	}
	fmt.Fprintf(w, "whyport: note: the firewall of this computer remembers at most %d connections, and %d are in use; this run can add %d "+
		"for two minutes. "+
		"When they are used up, other programs' connections fail. Fewer ports at once, or %s, avoid that.\n", most, used, need, gentler)
}

// number reads a file of one number; 0 where it can't be read.
func number(dir, name string) int {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}
