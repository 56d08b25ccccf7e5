package arrivals

import (
	"encoding/json"
	"io"
	"time"

	"whyport/probe/farend/listen"
	"whyport/report"
)

// lines are NDJSON: an object for the beginning, each arrival and the end.
type lines struct{ out io.Writer }

type beginning struct {
	Event     string   `json:"event"` // listening
	Version   string   `json:"version"`
	Ports     []port   `json:"ports"`
	Watched   []port   `json:"watched"` // of other programs, seen on the wire
	Addresses []string `json:"addresses"`
	Captures  bool     `json:"captures"`
	Until     *string  `json:"until"`
	Token     string   `json:"token"`
	Command   string   `json:"command"`
	Code      *string  `json:"nothing_code"`     // null: whether anything arrived could not be known
	Meet      uint16   `json:"meet,omitempty"`   // of a peer
	Server    []onPort `json:"server,omitempty"` // what it has on each port
}

// onPort is what the server has on a port: far_end.server of the client's report.
type onPort struct {
	port
	*report.ServerSide
}

type port struct {
	Port     uint16 `json:"port"`
	Protocol string `json:"protocol"`
}

type arrival struct {
	Event    string  `json:"event"` // arrival
	Time     string  `json:"time"`
	How      string  `json:"how"`
	Port     uint16  `json:"port"`
	Protocol string  `json:"protocol"`
	Source   string  `json:"source"`
	Local    string  `json:"local"`
	Code     *string `json:"code"`
}

type ending struct {
	Event  string `json:"event"` // end
	Turned int    `json:"turned_away"`
}

func (l *lines) Begin(s Start) error {
	b := beginning{
		Event: "listening", Version: s.Tool, Ports: portsOf(s.Ports), Watched: portsOf(s.Watched), Addresses: []string{}, Captures: s.Captures,
		Token: s.Token, Command: Command(s), Meet: s.Meet,
	}
	if s.Code != "" {
		b.Code = &s.Code
	}
	for _, h := range s.Has {
		b.Server = append(b.Server, onPort{port{h.Port, string(h.Protocol)}, report.ServerSideOf(&h.Has)})
	}
	for _, a := range s.Addresses {
		b.Addresses = append(b.Addresses, a.String())
	}
	if !s.Until.IsZero() {
		b.Until = new(stamp(s.Until))
	}
	return l.write(b)
}

func (l *lines) Event(e listen.Event) error {
	a := arrival{
		Event: "arrival", Time: stamp(e.At), How: e.How, Port: e.Port, Protocol: string(e.Protocol),
		Source: e.Source.String(), Local: e.Local.String(),
	}
	if e.Code != "" {
		a.Code = &e.Code
	}
	return l.write(a)
}

func (l *lines) End(turned int) error { return l.write(ending{Event: "end", Turned: turned}) }

func (l *lines) write(v any) error { return json.NewEncoder(l.out).Encode(v) }

func portsOf(all []listen.Port) []port {
	out := []port{}
	for _, p := range all {
		out = append(out, port{p.Port, string(p.Protocol)})
	}
	return out
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
