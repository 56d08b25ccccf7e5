package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPrometheus: a real Prometheus with the configuration and the rules that the exporter prints scrapes two targets through it,
// sets their instance, and rings for the one that is closed alone. Its times are shortened, and its targets are the test's.
func TestPrometheus(t *testing.T) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") == "1" {
			t.Fatal(err)
		}
		t.Skip("no prometheus")
	}
	works, closed, at := usablePort(t), closedPort(t), closedPort(t)
	exporter, where := exporterAt(t)

	dir := t.TempDir()
	config := shortened(t, "scrape-config", `scrape_interval: 60s`, `scrape_interval: 3s`, `scrape_timeout: 10s`, `scrape_timeout: 3s`,
		`server.example`, works, `mail.example:25`, closed, `127.0.0.1:9916`, where,
		"    params:\n      profile: [web] # whyport profiles lists them; or ports: [\"443,8443\"]\n", "", `scrape_configs:`, "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nscrape_configs:")
	write(t, filepath.Join(dir, "prometheus.yml"), config)
	write(t, filepath.Join(dir, "whyport.rules.yml"), shortened(t, "rules", "for: 5m", "for: 2s"))
	var log bytes.Buffer
	p := exec.Command(program, "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address="+at)
	p.Dir, p.Stdout, p.Stderr = dir, &log, &log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })

	var alerts, usable map[string]string
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		usable = answers(at, `whyport_port_usable`, "value")
		alerts = answers(at, `ALERTS{alertstate="firing"}`, "alertname")
		if len(usable) == 2 && alerts[closed] != "" {
			break
		}
	}
	if usable[works] != "1" || usable[closed] != "0" {
		t.Errorf("usable: %v, want 1 for %s and 0 for %s\n%s", usable, works, closed, &log)
	}
	if len(alerts) != 1 || alerts[closed] != "WhyportRequirementNotMet" && alerts[closed] != "WhyportPortNotUsable" {
		t.Errorf("alerts: %v, want one of %s\n%s", alerts, closed, &log)
	}
	if reason := answers(at, `whyport_port_info{state="closed"}`, "reason"); reason[closed] != "reset" {
		t.Errorf("reasons: %v", reason)
	}
	if up := answers(at, `up{job="whyport-exporter"}`, "value"); up[where] != "1" {
		t.Errorf("the exporter itself: %v", up)
	}
	_ = exporter.Process.Signal(syscall.SIGTERM)
	exporter.ended(t, 10*time.Second, 0)
}

// closedPort is one that nobody has.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	return l.Addr().String()
}

// exporterAt starts the exporter on a free port, with these flags.
func exporterAt(t *testing.T, flags ...string) (*started, string) {
	t.Helper()
	said, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(c *exec.Cmd) { c.Stderr = in }, append([]string{"exporter", "--listen", "127.0.0.1:0"}, flags...)...)
	t.Cleanup(func() { _ = s.Process.Kill() })
	_ = in.Close()
	line, _ := bufio.NewReader(said).ReadString('\n')
	at := regexp.MustCompile(`127\.0\.0\.1:[0-9]+`).FindString(line)
	if at == "" {
		t.Fatalf("the exporter does not say where it listens: %q", line)
	}
	return s, at
}

// shortened is what the exporter prints, with words replaced; each has to be there.
func shortened(t *testing.T, what string, words ...string) string {
	t.Helper()
	out, err := exec.Command("whyport", "exporter", "--print", what).Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(string(out), words[i]) {
			t.Fatalf("--print %s has no %q", what, words[i])
		}
	}
	return strings.NewReplacer(words...).Replace(string(out))
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// answers asks Prometheus, and keeps a label of each instance, or "value".
func answers(at, query, label string) map[string]string {
	got := map[string]string{}
	r, err := http.Get("http://" + at + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		return got
	}
	defer r.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  []any
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&answer) != nil {
		return got
	}
	for _, x := range answer.Data.Result {
		if got[x.Metric["instance"]] = x.Metric[label]; label == "value" && len(x.Value) == 2 {
			got[x.Metric["instance"]] = fmt.Sprint(x.Value[1])
		}
	}
	return got
}
