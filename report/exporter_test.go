package report_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"whyport/probe"
	"whyport/probe/verdict"
	"whyport/report/exporter"
	"whyport/report/metric"
	"whyport/services"
)

// labelValues are the closed lists of labels; a label that is not here has numbers, or names that this program gave.
func labelValues() map[string][]string {
	values := map[string][]string{"protocol": {"tcp", "udp"}, "usable": {"yes", "no", "unknown"}, "host": {"", "other.example"},
		"confidence": {"", string(verdict.Possible), string(verdict.Likely), string(verdict.Certain)},
		"party": {"", string(verdict.PartyUnknown), string(verdict.ThisComputer), string(verdict.LocalNetwork), string(verdict.Provider),
			string(verdict.ServerNetwork), string(verdict.Server), string(verdict.Proxy)}}
	for _, s := range verdict.States() {
		values["state"] = append(values["state"], string(s))
	}
	for _, r := range verdict.Reasons() {
		values["reason"] = append(values["reason"], string(r))
	}
	return values
}

// probed is what the exporter answers to a run.
func probed(t *testing.T, run *probe.Run) string {
	t.Helper()
	e := exporter.New(exporter.Config{Names: services.New(), Version: "test", Concurrency: 1, Longest: time.Minute, Allow: exporter.Everything(),
		Log: slog.New(slog.DiscardHandler),
		Plan: func(exporter.Query) (probe.Plan, error) {
			return probe.Plan{Targets: []probe.Target{run.Targets[0].Target}}, nil
		},
		Execute: func(context.Context, probe.Plan, probe.Hooks) *probe.Run { return run }})
	w := httptest.NewRecorder()
	e.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/probe?target=server.example", nil))
	body, _ := io.ReadAll(w.Result().Body)
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, body)
	}
	return string(body)
}

// TestExporterLabels: whatever servers say, labels have values of closed lists, series are few, and each name has its meaning.
func TestExporterLabels(t *testing.T) {
	closed := labelValues()
	for name, sample := range map[string]*probe.Run{"iproject": iproject(), "not found": notFound(), "hostile": hostile(), "families": families(),
		"certificates": certificates(), "everything": everything()} {
		text := probed(t, sample)
		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		series := 0
		for _, f := range families {
			if f.GetHelp() == "" || f.GetHelp() != metric.Help(f.GetName()) {
				t.Errorf("%s: %s has no meaning", name, f.GetName())
			}
			for _, m := range f.GetMetric() {
				series++
				for _, l := range m.GetLabel() {
					allowed, listed := closed[l.GetName()]
					switch {
					case listed && !slices.Contains(allowed, l.GetValue()):
						t.Errorf("%s: %s{%s=%q}", name, f.GetName(), l.GetName(), l.GetValue())
					case l.GetName() == "port" && strings.Trim(l.GetValue(), "0123456789") != "", l.GetName() == "service" &&
						strings.Trim(l.GetValue(), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "":
						t.Errorf("%s: %s=%q", name, l.GetName(), l.GetValue())
					case !listed && l.GetName() != "port" && l.GetName() != "service":
						t.Errorf("%s: the label %s is new", name, l.GetName())
					}
				}
			}
		}
		if most := 9 + 12*len(sample.Targets[0].Target.Candidates); series > most {
			t.Errorf("%s: %d series, %d are the most", name, series, most)
		}
	}
}

// TestExporterMetrics: what the metrics say of a run is what its report says.
func TestExporterMetrics(t *testing.T) {
	for name, want := range map[string]struct {
		run  *probe.Run
		says []string
	}{
		"iproject": {iproject(), []string{"probe_success 1\n", "whyport_requirement_met 1\n", `port="443",protocol="tcp"} 1` + "\n", `reason="no-response"`,
			"whyport_run_interrupted 0\n", `whyport_port_addresses{host="",port="443",protocol="tcp",usable="yes"} 1`}},
		"not found": {notFound(), []string{"probe_success 0\n", "whyport_requirement_met NaN\n", "} NaN\n", `reason="name-not-found"`,
			`usable="unknown"} 1`, "probe_ip_protocol 0\n"}},
		"certificates": {certificates(), []string{"probe_ssl_earliest_cert_expiry ", "whyport_certificate_expires_timestamp_seconds{"}},
		"families":     {families(), []string{"probe_ip_protocol 0\n"}},
	} {
		text := probed(t, want.run)
		for _, s := range want.says {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", name, s, text)
			}
		}
	}
}
