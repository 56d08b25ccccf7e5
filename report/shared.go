package report

import (
	"cmp"
	"iter"
	"strconv"

	"whyport/probe"
	"whyport/report/phrase"
	"whyport/report/words"
	"whyport/services"
)

// manyShared is the number of ports with one shared verdict above which what they share is written once.
const manyShared = 100

// Shared is what very many ports of a target have in common. Its sentences are for all of them; the path and the evidence
// are those of a port that was looked at for the others.
type Shared struct {
	ID         string     `json:"id"` // within the target; the ports' "shared" refers to it
	Count      int        `json:"count"`
	State      string     `json:"state"`
	Reason     string     `json:"reason"`
	Confidence *string    `json:"confidence"`
	Usable     *bool      `json:"usable"`
	Finding    string     `json:"finding"`
	Why        string     `json:"why"`
	NextStep   *string    `json:"next_step"`
	Caveats    []Note     `json:"caveats"`
	Notes      []Note     `json:"notes"`
	Where      *Where     `json:"where"`
	ICMP       *ICMP      `json:"icmp"`
	Path       *Path      `json:"path"`
	Rule       string     `json:"rule,omitempty"`
	Evidence   []Evidence `json:"evidence"`
}

// Row is a port of a large run: what differs, and where the rest is to be read.
type Row struct {
	Address    *string     `json:"address"`
	Port       uint16      `json:"port"`
	Protocol   string      `json:"protocol"`
	Host       *string     `json:"host,omitempty"`
	Service    *RowService `json:"service,omitempty"` // absent: no name is known
	State      string      `json:"state"`
	Reason     string      `json:"reason"`
	Confidence *string     `json:"confidence"`
	Usable     *bool       `json:"usable"`
	Finding    string      `json:"finding"`
	Shared     string      `json:"shared"`
}

// RowService is the name of what usually runs on the port.
type RowService struct {
	Name string `json:"name"`
}

// Rows are a target's ports by candidate, then address, some of which share what is said of them.
type Rows struct {
	Shared []*Shared

	run   *probe.Run
	t     *probe.TargetRun
	names words.Names
	rows  []*Row // by bulk, what its rows have in common; nil where they share nothing
}

// NewRows prepares the rows of a target.
func NewRows(run *probe.Run, t *probe.TargetRun, names words.Names) *Rows {
	r := &Rows{run: run, t: t, names: names, rows: make([]*Row, len(t.Bulk))}
	paths := map[pathKey]*Path{}
	for i := range t.Bulk {
		b := &t.Bulk[i]
		if len(b.Ports) <= manyShared {
			continue
		}
		first := b.Result(t, 0, b.Ports[0])
		s := words.New(run, t, &first, names)
		p, says := portOf(s, paths), s.For(phrase.PortList(numbersOf(t, b)), nil).Words()
		shared := &Shared{
			ID: strconv.Itoa(
				len(r.Shared) + 1,
			), Count: len(b.Ports), State: p.State, Reason: p.Reason, Confidence: p.Confidence, Usable: p.Usable,
			Finding: says.Finding, Why: says.Why, NextStep: optional(says.Next), Caveats: p.Caveats, Notes: p.Notes,
			Where: p.Where, ICMP: p.ICMP, Path: p.Path, Rule: p.Rule, Evidence: p.Evidence,
		}
		r.Shared = append(r.Shared, shared)
		r.rows[i] = &Row{Address: p.Address, State: p.State, Reason: p.Reason, Confidence: p.Confidence, Usable: p.Usable,
			Finding: p.Finding, Shared: shared.ID}
	}
	return r
}

// numbersOf are the ports of a bulk.
func numbersOf(t *probe.TargetRun, b *probe.Bulk) phrase.Ports {
	out := phrase.Ports{Numbers: make([]uint16, 0, len(b.Ports))}
	for _, one := range b.Ports {
		c := t.Target.Candidates[one.Candidate]
		out.Protocol, out.Numbers = string(c.Protocol), append(out.Numbers, c.Port)
	}
	return out
}

// All are the rows, made as they are asked for: a whole port, or a row that shares. A row is valid until the next.
func (r *Rows) All() iter.Seq2[*Port, *Row] {
	return func(yield func(*Port, *Row) bool) {
		paths := map[pathKey]*Path{}
		whole := func(res probe.Result) bool { return yield(portOf(words.New(r.run, r.t, &res, r.names), paths), nil) }
		if len(r.Shared) == 0 {
			for res := range results(r.t) {
				if !whole(res) {
					return
				}
			}
			return
		}
		next := newMerge(r.t)
		for {
			own, bulk, port := next.step()
			switch {
			case own != nil:
				if !whole(*own) {
					return
				}
			case bulk < 0:
				return
			case r.rows[bulk] == nil:
				if !whole(r.t.Bulk[bulk].Result(r.t, 0, port)) {
					return
				}
			default:
				if !yield(nil, r.row(bulk, port)) {
					return
				}
			}
		}
	}
}

// OfBulk is the row of a port that shares; nil where it shares nothing.
func (r *Rows) OfBulk(bulk int, port probe.BulkPort) *Row {
	if r.rows[bulk] == nil {
		return nil
	}
	return r.row(bulk, port)
}

func (r *Rows) row(bulk int, port probe.BulkPort) *Row {
	row, c := r.rows[bulk], r.t.Target.Candidates[port.Candidate]
	row.Port, row.Protocol, row.Host = c.Port, string(c.Protocol), text(c.Host)
	var s services.Service
	if r.names != nil {
		s = r.names.Lookup(c.Port, row.Protocol)
	}
	row.Service = nil
	if s.Name != "" {
		row.Service = &RowService{phrase.Clean(s.Name)}
	}
	return row
}

// merge walks results and bulks, each of which is in order, by candidate and address.
type merge struct {
	t    *probe.TargetRun
	at   int
	next []int
}

func newMerge(t *probe.TargetRun) *merge { return &merge{t: t, next: make([]int, len(t.Bulk))} }

// step is the next result, or the next port of a bulk; nil and -1 at the end.
func (m *merge) step() (own *probe.Result, bulk int, port probe.BulkPort) {
	bulk = -1
	candidate, address := len(m.t.Target.Candidates), 0
	if m.at < len(m.t.Results) {
		own = &m.t.Results[m.at]
		candidate, address = own.Candidate, own.Address
	}
	for i := range m.t.Bulk {
		b := &m.t.Bulk[i]
		if m.next[i] == len(b.Ports) {
			continue
		}
		p := b.Ports[m.next[i]]
		if own == nil && bulk < 0 || cmp.Or(cmp.Compare(int(p.Candidate), candidate), cmp.Compare(b.Address, address)) < 0 {
			own, bulk, port = nil, i, p
			candidate, address = int(p.Candidate), b.Address
		}
	}
	if own != nil {
		m.at++
	} else if bulk >= 0 {
		m.next[bulk]++
	}
	return own, bulk, port
}
