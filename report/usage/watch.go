package usage

import (
	"context"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/report/page"
	"whyport/report/watch"
	"whyport/services"
)

// WatchInterval is from test to test where nothing is said.
const WatchInterval = 10 * time.Second

// Bounds of the interval: a test takes seconds, and a server's protection against scans is not to be met.
const (
	minInterval = time.Second
	maxInterval = 24 * time.Hour
)

// Watch is the watch that the flags ask for; nil where they ask for one test. Its Out is not set. On a
// terminal it shows a table.
func Watch(c *cli.Context, names *services.Registry, plan probe.Plan, screen *os.File) (*watch.Watch, error) {
	if !c.Bool("watch") && !c.IsSet("watch-interval") {
		if c.IsSet("until") {
			return nil, New("type --watch --until "+c.String("until"), "--until is about --watch, which is not given")
		}
		return nil, nil
	}
	until, every := c.String("until"), WatchInterval
	if until != "" {
		if err := Choice("--until", until, Values("until")...); err != nil {
			return nil, err
		}
	}
	if c.IsSet("watch-interval") {
		var err error
		if every, err = Seconds("--watch-interval", c.String("watch-interval"), minInterval, maxInterval); err != nil {
			return nil, err
		}
	}
	for _, flag := range []string{"json", "format", "ticket", "bundle", "quiet", "verbose", "hold", "token", "peer"} {
		if c.IsSet(flag) {
			return nil, Exclusive("--watch", "--"+flag)
		}
	}
	if probe.IsLarge(&plan) {
		return nil, New("watch fewer ports: -p 443", "so many ports can't be watched")
	}
	hide := Redactor(c, &plan) // one, so that equal addresses stay equal
	var live *page.Live
	if !c.Bool("accessible") {
		live = page.NewLive(screen, os.LookupEnv, c.String("color"))
	}
	return &watch.Watch{Live: live, Logs: toFile(c), Names: names, Every: every, Until: watch.Until(until), Shown: func(r *probe.Run) *probe.Run { return hide.Run(r) },
		Test: func(ctx context.Context) *probe.Run { return probe.Execute(ctx, plan, probe.Hooks{}) }}, nil
}
