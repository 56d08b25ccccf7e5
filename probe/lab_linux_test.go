package probe

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"whyport/probe/lab"
	"whyport/probe/proxy"
	"whyport/probe/verdict"
)

// record makes the lab's cases store what they saw for the judge's tests: go test ./probe -record
var record = flag.Bool("record", false, "write the evidence of the lab's cases to verdict/testdata")

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("8") // the lab's cases wait more than they compute
	}
	lab.Main(m, lab.Funcs{"execute": lab.Call(executeInLab)})
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// order is what a process in the lab is told to do.
type order struct {
	Targets []Target
	Options settings
	Roots   []byte // PEM of the CA that the computer trusts, in place of the system's
	Public  []byte // PEM of the CA that everybody trusts
	After   time.Duration
}

// settings are the Options that the cases vary.
type settings struct {
	Names      bool
	Trace      TraceMode
	ServerName string
	Attempts   int
	Proxy      string // its URL
	ProxyOnly  bool
	MTU        bool
	Extras     bool
	Samples    int
}

// outcome is what it hands back.
type outcome struct {
	Run          *Run
	Capabilities string
	Leaks        string
	Emitted      string // what is wrong with the results that were handed over while the run went on
}

// executeInLab runs in the client's namespace, without privileges.
func executeInLab(ctx context.Context, o order) (outcome, error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(o.Roots)
	public := x509.NewCertPool()
	public.AppendCertsFromPEM(o.Public)
	options := Options{
		NoNames: !o.Options.Names, Trace: o.Options.Trace, ServerName: o.Options.ServerName, Attempts: o.Options.Attempts,
		System: roots, Public: public, MTU: o.Options.MTU, Extras: o.Options.Extras, Samples: o.Options.Samples,
	}
	if o.Options.Proxy != "" {
		s, err := proxy.Parse(o.Options.Proxy)
		if err != nil {
			return outcome{}, err
		}
		options.Proxy, options.ProxyOnly = proxy.Always(s), o.Options.ProxyOnly
	}
	if o.After > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.After)
		defer cancel()
	}
	var emitted []Result
	out := outcome{Run: Execute(ctx, Plan{Targets: o.Targets, Options: options}, Hooks{Result: func(r Result) { emitted = append(emitted, r) }})}
	out.Emitted = compareEmitted(emitted, out.Run)
	status, err := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "CapEff:") || strings.HasPrefix(line, "CapPrm:") {
			out.Capabilities += strings.TrimLeft(strings.TrimSpace(line[7:]), "0")
		}
	}
	if leak := goleak.Find(); leak != nil {
		out.Leaks = leak.Error()
	}
	return out, err
}

// compareEmitted says what is wrong with emitted results: each stands once, and as in the run.
func compareEmitted(emitted []Result, run *Run) string {
	type key struct{ target, candidate, address int }
	final := map[key]string{}
	for t := range run.Targets {
		for r := range run.Targets[t].All() {
			final[key{t, r.Candidate, r.Address}] = fmt.Sprint(r.Verdict.State, r.Verdict.Reason)
		}
	}
	seen := map[key]bool{}
	for _, r := range emitted {
		k := key{r.Target, r.Candidate, r.Address}
		if got := fmt.Sprint(r.Verdict.State, r.Verdict.Reason); seen[k] || got != final[k] {
			return fmt.Sprintf("port %d: twice %v, handed over as %s, in the run %s", r.Port.Port, seen[k], got, final[k])
		}
		seen[k] = true
	}
	return ""
}

// execute runs an order in the lab and checks what holds of every run.
func execute(t *testing.T, l *lab.Lab, o order) *Run {
	t.Helper()
	out, err := lab.Remote[outcome](t.Context(), l, "execute", o)
	if err != nil {
		t.Fatal(err)
	}
	if out.Capabilities != "" {
		t.Errorf("the process had capabilities: %s", out.Capabilities)
	}
	if out.Leaks != "" {
		t.Errorf("left running: %s", out.Leaks)
	}
	if out.Emitted != "" {
		t.Errorf("handed over: %s", out.Emitted)
	}
	if *record {
		keep(t, out.Run)
	}
	return out.Run
}

// nodeNames maps the addresses that a trace from the client shows to the nodes' names.
func nodeNames(l *lab.Lab, more ...string) map[netip.Addr]string {
	names := map[netip.Addr]string{}
	nodes := append([]string{"client", "server"}, more...)
	for i := range l.Distance() - 1 {
		nodes = append(nodes, fmt.Sprintf("r%d", i+1))
	}
	for _, n := range nodes {
		name := strings.TrimSuffix(n, "b") // r2b stands beside r2
		names[l.Addr(n, 4)], names[l.Addr(n, 6)] = name, name
	}
	return names
}

// keep stores one case for each kind of verdict: IPv4's, and IPv6's where the numbers of ICMP differ.
func keep(t *testing.T, r *Run) {
	t.Helper()
	for i := range r.Targets {
		for _, res := range r.Targets[i].Results {
			best := res.Port.Best()
			family := ""
			if res.Port.Addr.Is6() {
				if best == nil || best.ICMP == nil {
					continue
				}
				family = "-ipv6"
			}
			host := r.Targets[i].Hosts[res.Port.Addr]
			c := verdict.Record("lab: "+t.Name(), res.Port, host)
			b, err := json.MarshalIndent(c, "", " ")
			if err == nil {
				err = os.WriteFile(filepath.Join("verdict/testdata", c.Verdict.Kind()+family+".json"), append(b, '\n'), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
