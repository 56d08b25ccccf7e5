package exporter

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestQuery(t *testing.T) {
	for text, want := range map[string]Query{
		"target=a.example":                                      {Target: "a.example"},
		"target=a.example&profile=web&module=rdp":               {Target: "a.example", Profiles: []string{"web", "rdp"}},
		"target=a.example&module=web":                           {Target: "a.example", Profiles: []string{"web"}},
		"target=a.example&profile=web,rdp&profile=web":          {Target: "a.example", Profiles: []string{"web", "rdp"}},
		"target=a.example&ports=443,25&require=all&debug=false": {Target: "a.example", Ports: "443,25", Require: "all"},
		"target=a.example&profile=&ports=&debug=":               {Target: "a.example"}, // as the page's form sends it
	} {
		values, _ := url.ParseQuery(text)
		q, debug, no := queryOf(values)
		if no != nil || debug || q.Target != want.Target || !slices.Equal(q.Profiles, want.Profiles) || q.Ports != want.Ports ||
			q.Require != want.Require {
			t.Errorf("%s: %+v %v", text, q, no)
		}
	}
	for text, says := range map[string]string{
		"": "target is missing", "target=": "target is missing", "target=a&port=443": `"port" is no parameter`,
		"target=a&target=b": "2 times", "target=" + strings.Repeat("a", 2000): "too long", "target=a&ports=1&ports=2": "2 times",
	} {
		values, _ := url.ParseQuery(text)
		if _, _, no := queryOf(values); no == nil || no.status != 400 || !strings.Contains(no.Problem, says) {
			t.Errorf("%s: %+v", text, no)
		}
	}
}

// The scrape's time-out is kept, less what the answer needs on its way.
func TestTimeLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 30 * time.Second, "10": 9500 * time.Millisecond, "10.000000": 9500 * time.Millisecond, "1": 500 * time.Millisecond,
		"60": 30 * time.Second, "1e300": 30 * time.Second, "+Inf": 30 * time.Second,
		"0.9": 0, "0": 0, "-1": 0, "NaN": 0, "ten": 0, "1e-9": 0,
	} {
		h := http.Header{}
		if text != "" {
			h.Set("X-Prometheus-Scrape-Timeout-Seconds", text)
		}
		got, no := timeLimit(h, 30*time.Second, 500*time.Millisecond)
		if got != want || (no == nil) != (want > 0) || no != nil && no.status != 400 {
			t.Errorf("%q: %v %v", text, got, no)
		}
	}
}
