package exporter

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"whyport/probe/target"
	"whyport/services/mistake"
)

// scrapeTimeout is the header in which a Prometheus server says how long it waits.
const scrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds"

// shortest is the least time for a probe: with less, silence can't be told from an answer that is on its way.
const shortest = 500 * time.Millisecond

// maxQuery bounds a parameter's length; names have 253 characters.
const maxQuery = 1024

// parameters are those of a request, in the order of the message.
func parameters() []string {
	return []string{"target", "profile", "module", "ports", "require", "debug"}
}

// queryOf reads a request's parameters. What is not known is an error: a port that was asked for by a wrong name would not be
// tested, and nobody would notice.
func queryOf(values url.Values) (q Query, debug bool, wrong *refusal) {
	bad := func(instead, problem string, args ...any) (Query, bool, *refusal) {
		return Query{}, false, badRequest(mistake.New(instead, problem, args...))
	}
	for name, all := range values {
		switch {
		case !slices.Contains(parameters(), name):
			return bad("the parameters are "+strings.Join(parameters(), ", "), "%s is no parameter", target.Shown(name))
		case len(all) > 1 && name != "profile" && name != "module":
			return bad("name it once", "the parameter %s is there %d times", name, len(all))
		case slices.ContainsFunc(all, func(v string) bool { return len(v) > maxQuery }):
			return bad("shorten it", "the parameter %s is too long", name)
		}
	}
	q = Query{Target: values.Get("target"), Ports: values.Get("ports"), Require: values.Get("require")}
	if q.Target == "" {
		return bad("ask for /probe?target=server.example", "the parameter target is missing")
	}
	for _, list := range slices.Concat(values["profile"], values["module"]) {
		for name := range strings.SplitSeq(list, ",") {
			if name != "" && !slices.Contains(q.Profiles, name) {
				q.Profiles = append(q.Profiles, name)
			}
		}
	}
	return q, values.Get("debug") == "true", nil
}

// timeLimit is how long a probe may take: what the scrape waits, less offset for the answer's way, and longest at most.
func timeLimit(h http.Header, longest, offset time.Duration) (time.Duration, *refusal) {
	text := h.Get(scrapeTimeout)
	if text == "" {
		return longest, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return 0, badRequest(mistake.New("send seconds, such as 10", "the header %s can't be %s", scrapeTimeout, target.Shown(text)))
	}
	if seconds > (longest + offset).Seconds() {
		return longest, nil
	}
	limit := time.Duration(seconds*float64(time.Second)) - offset
	if limit < shortest {
		return 0, badRequest(mistake.New("set scrape_timeout to "+(shortest+offset).String()+" or more; 10s is better",
			"the scrape waits %ss, which leaves no time for a test", target.Shown(text)))
	}
	return limit, nil
}
