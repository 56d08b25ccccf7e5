package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"whyport/probe/lab"
)

// Of a soak: how many targets are scraped, how often, and what may have grown when it ends.
const (
	soakTargets  = 200
	soakInterval = 15 * time.Second
	soakGrowth   = 1.25
)

// soakKinds are the ports of the targets, and what becomes of them.
func soakKinds() []struct{ port, state string } {
	return []struct{ port, state string }{{"80", "open"}, {"81", "closed"}, {"8443", "filtered"}}
}

// TestSoak is a fleet for as long as WHYPORT_SOAK says: a real Prometheus scrapes targets of which a third are open, a third closed and a
// third silent. No scrape fails, none has a wrong answer, and what the exporter takes does not grow.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("WHYPORT_SOAK"))
	if err != nil || length < 2*time.Minute {
		t.Skip("takes long: WHYPORT_SOAK=10m asks for it, 2m is the least")
	}
	program, err := exec.LookPath("prometheus")
	if err != nil {
		t.Skip("no prometheus")
	}
	l := lab.New(t)
	l.IP("server", "route add local 192.0.2.0/24 dev lo")
	l.IP("r3", "route add 192.0.2.0/24 via "+l.Addr("server", 4).String())
	l.Listen("server", 80, lab.HTTP(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	l.Rule("r2", lab.Forward, "tcp dport 8443", lab.Drop)

	const exporter, prometheus = "127.0.0.1:9916", "127.0.0.1:9090"
	begin(t, l, "whyport", "exporter", "--listen", exporter)
	begin(t, l, program, "--config.file="+l.PublishBytes("prometheus.yml", soakConfig(exporter)), "--storage.tsdb.path=data",
		"--web.listen-address="+prometheus)
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: func(_ context.Context, _, at string) (net.Conn, error) {
		return l.Dial("client", netip.MustParseAddrPort(at)), nil
	}}}

	time.Sleep(2 * soakInterval) // until all have been asked
	var rss, routines, files []float64
	for end := time.Now().Add(length); time.Now().Before(end); time.Sleep(length / 120) {
		text := pageOf(t, client, "http://"+exporter+"/metrics")
		rss = append(rss, gauge(t, text, "process_resident_memory_bytes")/(1<<20))
		routines = append(routines, gauge(t, text, "go_goroutines"))
		files = append(files, gauge(t, text, "process_open_fds"))
	}
	t.Logf("RSS in MB: %s", course(rss))
	t.Logf("goroutines: %s", course(routines))
	t.Logf("open files: %s", course(files))
	for name, all := range map[string][]float64{"RSS": rss, "goroutines": routines, "open files": files} {
		if early, late := quarter(all, 1), quarter(all, 3); late > early*soakGrowth {
			t.Errorf("%s grew from %.0f to %.0f", name, early, late)
		}
	}
	history := &history{t, client, "http://" + prometheus, fmt.Sprintf("[%ds]", int(length.Seconds()))}
	soakScrapes(t, history)
	soakAnswers(t, history)
}

// begin starts a program in the client's namespace, until the test ends.
func begin(t *testing.T, l *lab.Lab, program string, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := l.Command(ctx, program, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", filepath.Base(program), said.Bytes()[max(0, said.Len()-2000):])
		}
	})
}

// soakConfig is Prometheus's, with all targets.
func soakConfig(exporter string) []byte {
	var targets []string
	for i := range soakTargets {
		targets = append(targets, fmt.Sprintf("192.0.2.%d:%s", i+1, soakKinds()[i%len(soakKinds())].port))
	}
	return fmt.Appendf(nil, `global: {scrape_interval: %v, scrape_timeout: 10s}
scrape_configs:
  - job_name: whyport
    metrics_path: /probe
    static_configs: [{targets: [%s]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: %s}
`, soakInterval, strings.Join(targets, ", "), exporter)
}

// soakScrapes: how long they took, by what became of the port, and how many failed.
func soakScrapes(t *testing.T, h *history) {
	for _, kind := range soakKinds() {
		var took []float64
		for _, s := range h.samples(`scrape_duration_seconds{job="whyport",instance=~".*:` + kind.port + `"}`) {
			took = append(took, s.values...)
		}
		failed, all := 0, 0
		for _, s := range h.samples(`up{job="whyport",instance=~".*:` + kind.port + `"}`) {
			for _, up := range s.values {
				if all++; up == 0 {
					failed++
				}
			}
		}
		slices.Sort(took)
		if len(took) == 0 {
			t.Errorf("%s: no scrapes", kind.state)
			continue
		}
		t.Logf("%s: %d scrapes, %d failed, p50 %.2f s, p99 %.2f s, longest %.2f s", kind.state, all, failed, took[len(took)/2],
			took[len(took)*99/100], took[len(took)-1])
		if failed > 0 {
			t.Errorf("%s: %d of %d scrapes failed", kind.state, failed, all)
		}
	}
}

// soakAnswers: each port has its own state in each answer.
func soakAnswers(t *testing.T, h *history) {
	told := map[string]int{}
	for _, s := range h.samples("whyport_port_info") {
		told[s.labels["port"]+" "+s.labels["state"]+" "+s.labels["reason"]+" "+s.labels["confidence"]] += len(s.values)
		for _, kind := range soakKinds() {
			if s.labels["port"] == kind.port && s.labels["state"] != kind.state {
				t.Errorf("%s: %s (%s), want %s", s.labels["instance"], s.labels["state"], s.labels["reason"], kind.state)
			}
		}
	}
	t.Logf("answers: %v", told)
}

// history is what Prometheus has kept.
type history struct {
	t      *testing.T
	client *http.Client
	at     string
	window string
}

type series struct {
	labels map[string]string
	values []float64
}

func (h *history) samples(query string) (out []series) {
	h.t.Helper()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(pageOf(h.t, h.client, h.at+"/api/v1/query?query="+url.QueryEscape(query+h.window))), &answer); err != nil {
		h.t.Fatal(err)
	}
	for _, r := range answer.Data.Result {
		s := series{labels: r.Metric}
		for _, v := range r.Values {
			if n, err := strconv.ParseFloat(fmt.Sprint(v[1]), 64); err == nil {
				s.values = append(s.values, n)
			}
		}
		out = append(out, s)
	}
	return out
}

func pageOf(t *testing.T, client *http.Client, at string) string {
	t.Helper()
	r, err := client.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.300s", at, r.Status, err, text)
	}
	return string(text)
}

func gauge(t *testing.T, text, name string) float64 {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s", name)
	}
	n, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// quarter is the median of one of four parts of a course.
func quarter(all []float64, n int) float64 {
	part := slices.Clone(all[len(all)*n/4 : len(all)*(n+1)/4])
	slices.Sort(part)
	return part[len(part)/2]
}

// course is the median of each quarter, and the greatest value.
func course(all []float64) string {
	return fmt.Sprintf("%.0f, %.0f, %.0f, %.0f by quarters, %.0f at most", quarter(all, 0), quarter(all, 1), quarter(all, 2), quarter(all, 3),
		slices.Max(all))
}
