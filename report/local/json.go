package local

import (
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"time"

	"whyport/probe/local"
	"whyport/report/phrase"
	"whyport/services"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of the JSON.
func Schema() []byte { return slices.Clone(schema) }

// document is the JSON; absent facts are null.
type document struct {
	SchemaVersion string     `json:"schema_version"`
	Tool          tool       `json:"tool"`
	Started       string     `json:"started"`
	DurationMS    float64    `json:"duration_ms"`
	Interrupted   bool       `json:"interrupted"`
	Hostname      *string    `json:"hostname"`
	Query         *string    `json:"query"`
	Administrator bool       `json:"administrator"`
	OthersHidden  bool       `json:"others_hidden"`
	Unseen        int        `json:"programs_unseen"`
	Summary       string     `json:"summary"`
	NextSteps     []string   `json:"next_steps"`
	Sockets       []socket   `json:"sockets"`
	Sessions      []session  `json:"sessions"` // null: not asked for
	Outgoing      *portRange `json:"outgoing_ports"`
	Firewalls     []wall     `json:"firewalls"`
	Interceptors  []between  `json:"interceptors"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type socket struct {
	Protocol string    `json:"protocol"`
	Address  string    `json:"address"`
	Port     uint16    `json:"port"`
	Device   *string   `json:"device"`
	V6Only   *bool     `json:"v6_only"`
	Service  *string   `json:"service"`
	User     *string   `json:"user"`
	Unit     *string   `json:"unit"`
	Programs []program `json:"programs"`
	Kernel   bool      `json:"kernel"`
	Queue    *queue    `json:"queue"`
	Reach    reached   `json:"reach"`
	Firewall *passed   `json:"firewall"`
	Notes    []string  `json:"notes"`
	Meaning  string    `json:"meaning"`
}

type session struct {
	Protocol string    `json:"protocol"`
	Local    string    `json:"local"`
	Remote   *string   `json:"remote"`
	State    string    `json:"state"`
	User     *string   `json:"user"`
	Programs []program `json:"programs"`
}

type program struct {
	PID       int     `json:"pid"`
	Name      *string `json:"name"`
	Path      *string `json:"path"`
	User      *string `json:"user"`
	Stopped   bool    `json:"stopped"`
	Container *string `json:"container"`
	Forwards  *string `json:"forwards_to"`
}

type queue struct {
	Waiting int  `json:"waiting"`
	Limit   *int `json:"limit"`
	Full    bool `json:"full"`
}

type reached struct {
	Scope     string  `json:"scope"`
	Outside   bool    `json:"outside"`
	Interface *string `json:"interface"`
}

type passed struct {
	Answer string  `json:"answer"`
	Name   string  `json:"name"`
	Rule   *string `json:"rule"`
	Ask    *string `json:"ask"`
}

type portRange struct {
	First   uint16 `json:"first"`
	Last    uint16 `json:"last"`
	Assumed bool   `json:"assumed"`
}

type wall struct {
	Name     string  `json:"name"`
	State    string  `json:"state"`
	Evidence *string `json:"evidence"`
	Ask      *string `json:"ask"`
	Readable bool    `json:"rules_readable"`
}

type between struct {
	Product string   `json:"product"`
	Kind    string   `json:"kind"`
	Program *string  `json:"program"`
	Driver  *string  `json:"driver"`
	Ports   []string `json:"ports"`
}

// JSON writes what was found for scripts.
func JSON(w io.Writer, f *local.Facts, names *services.Registry, version string) error {
	d := document{
		SchemaVersion: "1.0", Tool: tool{"whyport", version}, Started: f.Started.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		DurationMS: ms(f.Elapsed), Interrupted: f.Interrupted, Hostname: maybe(f.Hostname), Query: maybe(f.Query.Text),
		Administrator: f.Administrator, OthersHidden: f.OthersHidden, Unseen: f.Unseen(), Summary: summary(f),
		NextSteps: append([]string{}, next(f)...), Sockets: []socket{}, Firewalls: []wall{}, Interceptors: []between{},
	}
	for i := range f.Waiting {
		d.Sockets = append(d.Sockets, socketOf(f, &f.Waiting[i], names))
	}
	if f.WithSessions {
		d.Sessions = []session{}
	}
	for i := range f.Sessions {
		s := &f.Sessions[i]
		row := session{Protocol: string(s.Protocol), Local: phrase.Clean(s.Local.String()), State: phrase.Clean(string(s.State)),
			User: maybe(s.User), Programs: programsOf(s)}
		if s.Remote.IsValid() {
			row.Remote = maybe(s.Remote.String())
		}
		d.Sessions = append(d.Sessions, row)
	}
	if r := f.Outgoing; r.Last > 0 {
		d.Outgoing = &portRange{r.First, r.Last, r.Assumed}
	}
	for _, x := range f.Firewalls {
		d.Firewalls = append(d.Firewalls, wall{phrase.Clean(x.Name), string(x.State), maybe(x.Evidence), maybe(x.Ask), x.Rules != nil})
	}
	for _, x := range f.Interceptors {
		row := between{phrase.Clean(x.Product), string(x.Kind), maybe(x.Program), maybe(x.Driver), []string{}}
		for _, p := range x.Ports {
			row.Ports = append(row.Ports, phrase.Clean(p.String()))
		}
		d.Interceptors = append(d.Interceptors, row)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

func socketOf(f *local.Facts, s *local.Socket, names *services.Registry) socket {
	r := f.Reach(s)
	row := socket{Protocol: string(s.Protocol), Address: phrase.Clean(s.Local.Addr().String()), Port: s.Local.Port(), Device: maybe(s.Device),
		V6Only: s.V6Only, Service: maybe(names.Lookup(s.Local.Port(), string(s.Protocol)).Name), User: maybe(s.User), Unit: maybe(s.Unit),
		Programs: programsOf(s), Kernel: s.Kernel, Reach: reached{string(r.Scope), r.Outside(), maybe(r.Interface)},
		Notes: []string{}, Meaning: meaning(f, s)}
	if q := s.Queue; q != nil {
		row.Queue = &queue{q.Waiting, q.Limit, q.Full()}
	}
	if g := f.Gate(s); g.Answer != "" {
		row.Firewall = &passed{string(g.Answer), phrase.Clean(g.Firewall), maybe(g.Rule), maybe(g.Ask)}
	}
	for _, n := range f.Notes(s) {
		row.Notes = append(row.Notes, string(n.Code))
	}
	return row
}

func programsOf(s *local.Socket) []program {
	out := []program{}
	for _, p := range s.Holders {
		row := program{PID: p.PID, Name: maybe(p.Name), Path: maybe(p.Path), User: maybe(p.User), Stopped: p.Stopped}
		if p.Container != nil {
			row.Container = maybe(p.Container.Engine + " " + p.Container.ID)
		}
		if p.Forwards != nil {
			row.Forwards = maybe(p.Forwards.To.String())
		}
		out = append(out, row)
	}
	return out
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return new(phrase.Clean(s))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
