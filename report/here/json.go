package here

import (
	"encoding/json"
	"io"
	"time"

	"whyport/probe/here"
	"whyport/report/phrase"
)

// document is the JSON; absent facts are null.
type document struct {
	SchemaVersion string      `json:"schema_version"`
	Tool          tool        `json:"tool"`
	Started       string      `json:"started"`
	DurationMS    float64     `json:"duration_ms"`
	Interrupted   bool        `json:"interrupted"`
	Hostname      *string     `json:"hostname"`
	Works         bool        `json:"works"`
	Summary       string      `json:"summary"`
	Ways          []way       `json:"ways"`
	Interfaces    []card      `json:"interfaces"`
	NameServers   []dns       `json:"name_servers"`
	Proxies       []setProxy  `json:"proxies"`
	Portal        *portalPage `json:"portal"`
	ClockOffS     *float64    `json:"clock_off_s"` // above zero: fast
	Findings      []finding   `json:"findings"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type way struct {
	Family    string   `json:"family"`
	Address   string   `json:"address"`
	Interface *string  `json:"interface"`
	Medium    *string  `json:"medium"`
	Gateway   *string  `json:"gateway"`
	Answer    *string  `json:"gateway_answer"` // answers, absent or silent
	RTTms     *float64 `json:"gateway_rtt_ms"`
}

type card struct {
	Name     string   `json:"name"`
	Medium   *string  `json:"medium"`
	Running  bool     `json:"running"`
	Prefixes []string `json:"prefixes"`
}

type dns struct {
	Address  string   `json:"address"`
	Behind   bool     `json:"behind"` // used by a server on this computer
	Answers  *bool    `json:"answers"`
	RCode    *string  `json:"rcode"`
	Duration *float64 `json:"duration_ms"`
}

type setProxy struct {
	Source string  `json:"source"`
	Name   string  `json:"name"`
	URL    *string `json:"url"`
	Except *string `json:"except"`
}

type portalPage struct {
	URL     string  `json:"url"`
	Verdict string  `json:"verdict"`
	Status  *int    `json:"status"`
	Leads   *string `json:"leads_to"`
	Error   *string `json:"error"`
}

type finding struct {
	Code   string `json:"code"`
	Broken bool   `json:"broken"`
	Text   string `json:"text"`
}

// JSON writes what was found for scripts.
func JSON(w io.Writer, f *here.Facts, version string) error {
	d := document{
		SchemaVersion: "1.0", Tool: tool{"whyport", version}, Started: f.Started.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		DurationMS: ms(f.Elapsed), Interrupted: f.Interrupted, Hostname: maybe(f.Hostname), Works: f.Works(), Summary: summary(f),
		Ways: []way{}, Interfaces: []card{}, NameServers: []dns{}, Proxies: []setProxy{}, Findings: []finding{},
	}
	for _, g := range f.Gateways {
		row := way{Family: string(g.Family), Address: g.Source.String(), Interface: maybe(g.Interface), Medium: maybe(string(g.Medium)),
			Answer: maybe(string(g.Answer))}
		if g.Gateway.IsValid() {
			row.Gateway = maybe(g.Gateway.String())
		}
		if g.RTT > 0 {
			row.RTTms = number(g.RTT)
		}
		d.Ways = append(d.Ways, row)
	}
	for _, i := range f.Interfaces {
		row := card{Name: phrase.Clean(i.Name), Medium: maybe(string(i.Medium)), Running: i.Running, Prefixes: []string{}}
		for _, p := range i.Prefixes {
			row.Prefixes = append(row.Prefixes, p.String())
		}
		d.Interfaces = append(d.Interfaces, row)
	}
	for i := range f.NameServers {
		a := &f.NameServers[i]
		row := dns{Address: a.Server.String(), Behind: i >= len(f.NameServers)-f.Behind, RCode: maybe(a.RCode)}
		if a.End != "" {
			row.Answers, row.Duration = new(a.RCode != ""), number(a.Elapsed)
		}
		d.NameServers = append(d.NameServers, row)
	}
	for _, p := range f.Proxies {
		d.Proxies = append(d.Proxies, setProxy{p.Source, phrase.Clean(p.Name), maybe(p.URL), maybe(p.Except)})
	}
	d.portal(f.Portal)
	for _, x := range f.Findings() {
		d.Findings = append(d.Findings, finding{string(x.Code), x.Broken(), Sentence(&x, f)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

func (d *document) portal(p *here.Portal) {
	if p == nil {
		return
	}
	d.Portal = &portalPage{URL: phrase.Clean(p.URL), Verdict: string(p.Verdict), Leads: maybe(p.Leads), Error: maybe(p.Error)}
	if p.Status > 0 {
		d.Portal.Status = new(p.Status)
	}
	if p.Dated {
		d.ClockOffS = new(p.Clock.Seconds())
	}
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return new(phrase.Clean(s))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func number(d time.Duration) *float64 { return new(ms(d)) }
