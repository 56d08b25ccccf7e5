package services

import (
	"slices"
	"strings"
	"sync"
)

// Registry answers what runs on a port, and on which port a service runs. It is safe for use by
// several goroutines at once.
type Registry struct {
	load     func() ([]*Overlay, []Problem) // nil once there is nothing to load
	once     sync.Once
	overlays []*Overlay // the uppermost first
	problems []Problem
}

// New returns IANA's registry with overlays over it; later ones lie over earlier ones, nil ones are
// passed over.
func New(overlays ...*Overlay) *Registry {
	r := &Registry{}
	r.lay(overlays)
	return r
}

// Load is New with the system's services file and the user's over it. They are read when a question
// first needs them; what is wrong with them is for Problems.
func Load() *Registry { return &Registry{load: readFiles} }

// Problems returns what could not be read of the files that Load stands for.
func (r *Registry) Problems() []Problem {
	r.files()
	return slices.Clone(r.problems)
}

func (r *Registry) lay(overlays []*Overlay) {
	for _, o := range slices.Backward(overlays) {
		if o != nil {
			r.overlays = append(r.overlays, o)
		}
	}
}

func (r *Registry) files() {
	if r.load == nil {
		return
	}
	r.once.Do(func() {
		overlays, problems := r.load()
		r.problems = problems
		r.lay(overlays)
	})
}

// Lookup returns what usually runs on a port, by its preferred name. It allocates nothing (but for
// the first call after Load, which reads files). Protocol is "tcp", "udp", "sctp" or "dccp". For a port
// inside a registered range Port and Last are the range's.
func (r *Registry) Lookup(port uint16, protocol string) Service {
	p := protocolIndex(protocol)
	if p == noProtocol {
		return Service{Port: port, Last: port, Protocol: protocol, Status: NotListed}
	}
	r.files()
	s := listed(port, p)
	for _, o := range r.overlays {
		if over := o.at(port, p); over != nil {
			s = over.over(s, port, p)
			break
		}
	}
	describe(&s, p)
	return s
}

// listed is what the registry itself says of a port.
func listed(port uint16, p int) Service {
	for _, section := range [...]int{p, anyProtocol} {
		if i := find(port, section); i >= 0 {
			s := rowAt(i, section)
			s.Protocol = protocolNames[p]
			return s
		}
	}
	return Service{Port: port, Last: port, Protocol: protocolNames[p], Status: NotListed}
}

// Names returns all names of a port, the preferred one first; nil where nobody names it.
func (r *Registry) Names(port uint16, protocol string) []string {
	var names []string
	add := func(name string) {
		same := func(known string) bool { return strings.EqualFold(known, name) }
		if name != "" && !slices.ContainsFunc(names, same) {
			names = append(names, name)
		}
	}
	add(r.Lookup(port, protocol).Name)
	p := protocolIndex(protocol)
	if p == noProtocol {
		return names
	}
	for _, o := range r.overlays {
		if e := o.at(port, p); e != nil {
			add(e.service.Name)
			for _, alias := range strings.Fields(e.aliases) {
				add(alias)
			}
		}
	}
	for i, section := range rowsAt(port, p) {
		add(rowAt(i, section).Name)
	}
	if i := everydayAt(port, p); i >= 0 {
		for name := range strings.FieldsSeq(everyday[i].names) {
			add(name)
		}
	}
	return names
}
