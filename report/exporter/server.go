package exporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/net/netutil"

	"whyport/services/profile"
)

// Bounds of the HTTP server.
const (
	maxConnections = 4096
	maxHeader      = 16 << 10
	readTimeout    = 10 * time.Second
	idleTimeout    = 5 * time.Minute // longer than most scrape intervals, so that connections are used again
	writeSlack     = 10 * time.Second
)

// grace is for probes that run when the exporter is stopped.
const grace = 5 * time.Second

// Handler has the exporter's pages.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /probe", e.probe)
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.own.registry, promhttp.HandlerOpts{Registry: e.own.registry}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "The exporter is healthy.\n") })
	if front, err := e.front(); err == nil { // its template is the toolkit's
		mux.Handle("GET /{$}", front)
	}
	return mux
}

// front is the page for people.
func (e *Exporter) front() (http.Handler, error) {
	input := func(label, name, example, value string) web.LandingFormInput {
		return web.LandingFormInput{Label: label, Type: "text", Name: name, Placeholder: example, Value: value}
	}
	return web.NewLandingPage(web.LandingConfig{
		Name: "whyport exporter", Description: "Which ports of a server can be reached from here, and why not", Version: e.Version,
		Profiling: "false",
		Links: []web.LandingLinks{
			{Address: "/metrics", Text: "Metrics", Description: "of the exporter itself"},
			{Address: "/-/healthy", Text: "Health"},
		},
		Form: web.LandingForm{Action: "/probe", Inputs: []web.LandingFormInput{
			input("Target", "target", "server.example", ""),
			input("Profile", "profile", profile.Default, ""),
			input("Ports", "ports", "443,25", ""),
			input("Report instead of metrics", "debug", "", "true"),
		}},
		ExtraHTML: "<p>Profiles: " + strings.Join(builtIn(), ", ") + "</p>",
	})
}

// builtIn are the profiles whose names this program gave: the page's template escapes nothing.
func builtIn() (names []string) {
	all, err := profile.Builtin()
	if err != nil {
		return nil
	}
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

// CheckWebConfig says what is wrong with a file of the toolkit's; "" is none.
func CheckWebConfig(file string) error { return web.Validate(file) }

// Serve answers until ctx ends; probes that run then have some seconds to end.
func (e *Exporter) Serve(ctx context.Context, l net.Listener) error {
	base, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	s := &http.Server{
		Handler: e.Handler(), ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		WriteTimeout: e.Longest + e.Longest/turn + writeSlack,
		ErrorLog:     slog.NewLogLogger(e.Log.Handler(), slog.LevelDebug),
		BaseContext:  func(net.Listener) context.Context { return base },
	}
	serving, done := context.WithCancel(ctx)
	defer done()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-serving.Done()
		inTime, over := context.WithTimeout(base, grace)
		defer over()
		if s.Shutdown(inTime) != nil {
			stop(errors.New("the exporter is being stopped"))
			last, end := context.WithTimeout(context.WithoutCancel(base), time.Second)
			defer end()
			_ = s.Shutdown(last)
			_ = s.Close()
		}
	}()
	err := web.Serve(netutil.LimitListener(l, maxConnections), s, &web.FlagConfig{WebConfigFile: &e.WebConfig}, e.Log)
	done()
	<-ended
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the exporter had to end: %w", err)
	}
	return nil
}
