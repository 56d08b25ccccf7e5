package probe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"whyport/probe/lab"
)

// BenchmarkPeers runs whyport, whole processes with verdicts and report, beside nmap, naabu (if installed) and a C
// program that does nothing but connect, in turn, and compares medians. Run it with .ci/bench.
func BenchmarkPeers(b *testing.B) {
	for _, w := range workloads {
		b.Run(w.name, func(b *testing.B) {
			for b.Loop() {
				compare(b, w)
			}
		})
	}
}

// workload is one comparison: count open ports among those of spec on all addresses.
type workload struct {
	name   string
	setup  func(b *testing.B, l *lab.Lab)
	lab    []lab.Option
	to     string // as nmap writes it
	own    string // as whyport writes it, if otherwise
	format string // of whyport's report; "": table
	spec   string
	open   int
	c      string // arguments of the C program; "" where it does not apply
	rounds int    // of whyport and the C program
	slow   int    // of nmap and naabu
	goal   float64
}

// The server's addresses on the fast link; 198.18.0.0/15 is for benchmarks (RFC 2544).
const fastServer = "198.18.0.2"

var workloads = []workload{
	{name: "W1: 65,535 on loopback, 20 open", setup: loopback(20), to: "127.0.0.77", spec: "1-65535", open: 20, c: "127.0.0.77 1 1 65535 500 1 2", rounds: 20, slow: 7, goal: 2},
	{name: "W1b: the same through a network", setup: openPorts(20), to: fastServer, spec: "1-65535", open: 20, c: "198.18.0.2 1 1 65535 500 1 2", rounds: 7, slow: 5},
	{name: "W2: 65,535 silent but 20", setup: dropping("tcp dport { 1-20479, 20500-65535 }"), to: fastServer, spec: "1-65535", open: 20, c: "198.18.0.2 1 1 65535 100 2 2", rounds: 7, slow: 1, goal: 40},
	{name: "W2b: half silent", setup: dropping("tcp dport 32768-65535"), to: fastServer, spec: "1-65535", open: 20, c: "198.18.0.2 1 1 65535 100 2 2", rounds: 7, slow: 1, goal: 20},
	{name: "W3: 1,000 silent", setup: dropping("tcp dport 2000-2999"), to: fastServer, spec: "2000-2999", c: "198.18.0.2 1 2000 2999 230 2 1", rounds: 5, slow: 1, goal: 50},
	{name: "W3c: 200 open, 50 ms, 20% loss both ways", setup: lossy, lab: []lab.Option{lab.Routers(1), lab.Delay(12500 * time.Microsecond)}, to: "203.0.113.7", spec: "20480-20679", format: "csv", open: 200, rounds: 20, slow: 3, goal: 5},
	{name: "W4: 254 hosts x 20 ports, half silent", setup: manyHosts, to: "198.18.1.1-254", own: "198.18.1.0/24", format: "csv", spec: "20475-20494", open: 127 * 15, c: "198.18.1.1 254 20475 20494 100 2 1", rounds: 5, slow: 1, goal: 15},
	{name: "five candidates, one open", setup: dropping("tcp dport != 20480"), to: fastServer, spec: "20,80,443,2000,20480", open: 1, rounds: 5, slow: 3},
	{name: "one open port, process start included", setup: loopback(1), to: "127.0.0.77", spec: "20480", open: 1, c: "127.0.0.77 1 20480 20480 500 1 1", rounds: 20, slow: 5},
}

// firstOpen is the first of the consecutive ports that listen.
const firstOpen = 20480

func openPorts(n int) func(*testing.B, *lab.Lab) {
	return func(_ *testing.B, l *lab.Lab) {
		for i := range n {
			l.Listen("server", uint16(firstOpen+i), likeSSH)
		}
	}
}

// likeSSH greets, and hangs up on what is not SSH.
func likeSSH(c net.Conn) {
	io.WriteString(c, "SSH-2.0-bench\r\n")
	c.Read(make([]byte, 1))
}

// loopback is the same on the client itself.
func loopback(n int) func(*testing.B, *lab.Lab) {
	return func(_ *testing.B, l *lab.Lab) {
		for i := range n {
			l.Listen("client", uint16(firstOpen+i), likeSSH)
		}
	}
}

func dropping(match string) func(*testing.B, *lab.Lab) {
	return func(b *testing.B, l *lab.Lab) {
		openPorts(20)(b, l)
		l.Rule("server", lab.Input, "iifname fast "+match, lab.Drop)
	}
}

func lossy(b *testing.B, l *lab.Lab) {
	openPorts(200)(b, l)
	l.Wire("client", "r1").Loss(0.2)
}

func manyHosts(b *testing.B, l *lab.Lab) {
	openPorts(15)(b, l)
	var script strings.Builder
	for i := range 254 {
		fmt.Fprintf(&script, "addr add 198.18.1.%d/32 dev fast\n", i+1)
	}
	l.IP("server", script.String())
	l.Rule("server", lab.Input, "iifname fast ip daddr 198.18.1.0/25", lab.Drop) // .1 to .127
}

// fastLink joins client and server by the kernel alone; a lab's wires are too slow for speed's sake.
func fastLink(b *testing.B, l *lab.Lab) {
	hold := l.CommandAt(context.Background(), "server", "sleep", "3600")
	if err := hold.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { hold.Process.Kill(); hold.Wait() })
	for name := ""; name != "sleep"; time.Sleep(time.Millisecond) { // nsenter has become it, in the server's namespace
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", hold.Process.Pid))
		name = strings.TrimSpace(string(text))
	}
	l.IP("client", fmt.Sprintf("link add fast type veth peer name fast netns %d\naddr add 198.18.0.1/15 dev fast\nlink set fast up\n", hold.Process.Pid))
	l.IP("server", "addr add "+fastServer+"/15 dev fast\nlink set fast up\n")
}

// used is what one run took.
type used struct {
	wall, cpu time.Duration
	kib       int
	wrong     int // differences from what is so
}

type contestant struct {
	name   string
	args   []string
	rounds int
	open   func(out string) int // open ports that it found
	runs   []used
}

func compare(b *testing.B, w workload) {
	options := w.lab
	if options == nil {
		options = []lab.Option{lab.Routers(1), lab.Delay(0)}
	}
	l := lab.New(b, options...)
	fastLink(b, l)
	if w.setup != nil {
		w.setup(b, l)
	}
	usage := compile(b, "usage.c")
	count := func(pattern string) func(string) int {
		re := regexp.MustCompile(pattern)
		return func(out string) int { return len(re.FindAllString(out, -1)) }
	}
	all := []*contestant{{name: "whyport", args: []string{lab.Build(b, "whyport"), cmp.Or(w.own, w.to), "-p", w.spec, "--no-dns", "--format", cmp.Or(w.format, "table")}, rounds: w.rounds, open: count(`(?m)^\|.*\| open[ ,]|,open,`)}}
	if w.c != "" {
		all = append(all, &contestant{name: "C", args: append([]string{compile(b, "connect.c")}, strings.Fields(w.c)...), rounds: w.rounds,
			open: func(out string) int { n, _, _ := strings.Cut(out, " "); i, _ := strconv.Atoi(n); return i }})
	}
	if path, err := exec.LookPath("nmap"); err == nil {
		all = append(all, &contestant{name: "nmap -sT", args: []string{path, "-sT", "-Pn", "-n", "-p", w.spec, w.to}, rounds: w.slow, open: count(`(?m)/tcp +open`)})
	}
	if path, err := exec.LookPath("naabu"); err == nil {
		all = append(all, &contestant{name: "naabu connect", args: []string{path, "-host", w.to, "-p", w.spec, "-s", "c", "-silent"}, rounds: w.slow, open: count(`(?m):\d+$`)})
	}
	for round := range w.rounds {
		for _, c := range all {
			if round < c.rounds {
				u, open := run(b, l, usage, c)
				u.wrong = max(open-w.open, w.open-open)
				c.runs = append(c.runs, u)
			}
		}
	}
	compared(b, w, all)
}

func compile(b *testing.B, source string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), strings.TrimSuffix(source, ".c"))
	if text, err := exec.Command("gcc", "-O2", "-pthread", "-o", out, filepath.Join("testdata/peers", source)).CombinedOutput(); err != nil {
		b.Skipf("gcc: %v\n%s", err, text)
	}
	return out
}

func run(b *testing.B, l *lab.Lab, usage string, c *contestant) (u used, open int) {
	read, write, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer read.Close()
	path := c.args[0]
	if strings.HasPrefix(path, os.TempDir()) {
		path = l.Publish(path)
	}
	cmd := l.Command(b.Context(), usage, append([]string{path}, c.args[1:]...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &out, &errs, []*os.File{write}
	cmd.Run() // its exit code is its verdict
	write.Close()
	var wall, user, system float64
	if _, err := fmt.Fscan(read, &wall, &user, &system, &u.kib); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, errs.Bytes())
	}
	u.wall, u.cpu = time.Duration(wall*1e9), time.Duration((user+system)*1e9)
	return u, c.open(out.String())
}

func compared(b *testing.B, w workload, all []*contestant) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "\n%s\nruns\twall min\tmedian\tmax\tCPU\tpeak MB\twrong\twhyport is\t\t\n", w.name)
	own := median(all[0].runs, func(u used) float64 { return u.wall.Seconds() })
	for _, c := range all {
		wall := func(u used) float64 { return u.wall.Seconds() }
		least, most := slices.MinFunc(c.runs, byWall), slices.MaxFunc(c.runs, byWall)
		wrong := 0
		for _, u := range c.runs {
			wrong = max(wrong, u.wrong)
		}
		m := median(c.runs, wall)
		fmt.Fprintf(table, "%d\t%.3f s\t%.3f s\t%.3f s\t%.2f s\t%.1f\t%d\t%.2f x\t%s\t\n", len(c.runs), least.wall.Seconds(), m, most.wall.Seconds(),
			median(c.runs, func(u used) float64 { return u.cpu.Seconds() }), median(c.runs, func(u used) float64 { return float64(u.kib) / 1024 }), wrong, m/own, c.name)
		if unit := strings.Fields(c.name)[0]; c == all[0] {
			b.ReportMetric(float64(wrong), "wrong")
			b.ReportMetric(median(c.runs, func(u used) float64 { return float64(u.kib) / 1024 }), "MB")
		} else {
			b.ReportMetric(m/own, unit+"/whyport")
		}
	}
	table.Flush()
	b.Log(text.String())
}

func byWall(a, b used) int { return int(a.wall - b.wall) }

func median(runs []used, of func(used) float64) float64 {
	var all []float64
	for _, u := range runs {
		all = append(all, of(u))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
