package exporter

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/services"
	"whyport/services/mistake"
)

// fake is an exporter whose runs are made up.
func fake(change func(*Config)) *Exporter {
	c := Config{Names: services.New(), Version: "test", Concurrency: 2, Longest: 30 * time.Second, Offset: DefaultOffset, Allow: Everything(),
		Log: slog.New(slog.DiscardHandler),
		Plan: func(q Query) (probe.Plan, error) {
			if q.Target == "wrong" {
				return probe.Plan{}, mistake.New("type another", "it is wrong")
			}
			t := probe.Target{Input: q.Target, Host: q.Target, Candidates: candidates(443, evidence.TCP)}
			t.Requirement = verdict.Requirement{Groups: []verdict.Group{{Members: []int{0}}}}
			return probe.Plan{Targets: []probe.Target{t}}, nil
		},
		Execute: func(_ context.Context, p probe.Plan, _ probe.Hooks) *probe.Run {
			addr := netip.MustParseAddr("192.0.2.7")
			return &probe.Run{Started: time.Now(), Elapsed: time.Second, Targets: []probe.TargetRun{{Target: p.Targets[0],
				Resolution: evidence.Resolution{Addresses: []netip.Addr{addr}},
				Results: []probe.Result{{Port: evidence.Port{Addr: addr, Port: 443, Protocol: evidence.TCP},
					Verdict: verdict.Verdict{State: verdict.Closed, Reason: verdict.Reset, Confidence: verdict.Certain, Rule: "refused"}}}}}}
		}}
	if change != nil {
		change(&c)
	}
	return New(c)
}

func get(t *testing.T, e *Exporter, path string, headers ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest("GET", "http://127.0.0.1:9916"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(body)
}

// Each answer has its status, and a refusal says what to do instead.
func TestStatuses(t *testing.T) {
	allowed, err := ParseAllow("server.example,:443", services.New())
	if err != nil {
		t.Fatal(err)
	}
	limited := fake(func(c *Config) { c.Allow = allowed })
	open := fake(nil)
	for _, c := range []struct {
		e       *Exporter
		path    string
		headers []string
		status  int
		says    string
	}{
		{open, "/probe?target=a.example", nil, 200, "whyport_port_usable{host=\"\",port=\"443\",protocol=\"tcp\"} 0\n"},
		{open, "/probe?target=a.example&debug=true", nil, 200, "Port 443 (https): closed."},
		{open, "/probe", nil, 400, "target is missing"},
		{open, "/probe?target=wrong", nil, 400, "it is wrong\nInstead: type another"},
		{open, "/probe?target=a.example", []string{scrapeTimeout, "0.1"}, 400, "scrape_timeout"},
		{open, "/probe?target=a.example", []string{"Sec-Fetch-Site", "cross-site"}, 403, "another web page"},
		{open, "/probe?target=a.example", []string{"Sec-Fetch-Site", "same-origin"}, 200, "probe_success 0\n"},
		{open, "/probe?target=a.example", []string{"Host", "rebound.example:9916"}, 403, "--allow"},
		{open, "/probe?target=a.example", []string{"Host", "[::1]:9916"}, 200, "probe_success 0\n"},
		{open, "/probe?target=a.example", []string{"Host", "localhost"}, 200, "probe_success 0\n"},
		{limited, "/probe?target=server.example", []string{"Host", "exporter.example:9916"}, 200, "probe_success 0\n"},
		{limited, "/probe?target=a.example", nil, 403, "may not be tested"},
		{open, "/-/healthy", nil, 200, "healthy"},
		{open, "/", nil, 200, `<form action="/probe">`},
		{open, "/other", nil, 404, ""},
		{open, "/metrics", nil, 200, `whyport_exporter_refused_total{code="400"} 3`},
		{open, "/metrics", nil, 200, `whyport_exporter_probes_total{outcome="not-met"} 5`},
		{open, "/metrics", nil, 200, "go_goroutines "},
	} {
		status, body := get(t, c.e, c.path, c.headers...)
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s %v: %d, want %d with %q\n%s", c.path, c.headers, status, c.status, c.says, body)
		}
		if status >= 400 && status != 404 && strings.Count(body, "\n") != 2 {
			t.Errorf("%s: not two lines: %q", c.path, body)
		}
	}
	r := httptest.NewRequest("POST", "http://127.0.0.1:9916/probe?target=a.example", nil)
	w := httptest.NewRecorder()
	if open.Handler().ServeHTTP(w, r); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// A run gets the time that the scrape has, and what is allowed while it goes on.
func TestOptionsOfTheRun(t *testing.T) {
	var got probe.Options
	allowed, _ := ParseAllow("a.example", services.New())
	e := fake(func(c *Config) {
		execute := c.Execute
		c.Allow = allowed
		c.Execute = func(ctx context.Context, p probe.Plan, h probe.Hooks) *probe.Run {
			got = p.Options
			return execute(ctx, p, h)
		}
	})
	if status, body := get(t, e, "/probe?target=a.example", scrapeTimeout, "10"); status != 200 {
		t.Fatal(body)
	}
	if got.MaxTime > 9500*time.Millisecond || got.MaxTime < 9*time.Second || got.Timeout >= got.MaxTime || got.Addresses != MaxAddresses ||
		got.Follow == nil || len(got.Exclude) == 0 {
		t.Errorf("%+v", got)
	}
}

func TestTooManyPorts(t *testing.T) {
	e := fake(func(c *Config) {
		c.Plan = func(q Query) (probe.Plan, error) {
			return probe.Plan{Targets: []probe.Target{{Host: "a.example", Candidates: make([]probe.Candidate, MaxPorts+1)}}}, nil
		}
	})
	if status, body := get(t, e, "/probe?target=a.example"); status != 400 || !strings.Contains(body, "65 ports") {
		t.Errorf("%d %s", status, body)
	}
}

// Too many at once are told so, and nothing is left of a probe whose client has gone.
func TestBusy(t *testing.T) {
	running, release := make(chan struct{}, 8), make(chan struct{})
	e := fake(func(c *Config) {
		execute := c.Execute
		c.Execute = func(ctx context.Context, p probe.Plan, h probe.Hooks) *probe.Run {
			running <- struct{}{}
			select {
			case <-release:
			case <-ctx.Done():
			}
			return execute(ctx, p, h)
		}
	})
	server := httptest.NewServer(e.Handler())
	defer server.Close()
	ended := make(chan int, 2)
	for _, target := range []string{"a", "b"} {
		go func() {
			r, err := http.Get(server.URL + "/probe?target=" + target)
			if err != nil {
				ended <- 0
				return
			}
			r.Body.Close()
			ended <- r.StatusCode
		}()
		<-running
	}
	r, _ := http.NewRequest("GET", server.URL+"/probe?target=c", nil)
	r.Header.Set(scrapeTimeout, "1")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %d", answer.StatusCode)
	}
	close(release)
	for range 2 {
		if status := <-ended; status != 200 {
			t.Errorf("a running probe ended with %d", status)
		}
	}
}
