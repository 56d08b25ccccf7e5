package redact

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"whyport/probe"
)

// Plan is the plan as reports may show it.
func (r *Redactor) Plan(p *probe.Plan) *probe.Plan {
	if r == nil {
		return p
	}
	out := *p
	out.Targets = r.copy(reflect.ValueOf(p.Targets), memo{}).Interface().([]probe.Target)
	return &out
}

// Result is a result as reports may show it.
func (r *Redactor) Result(one probe.Result) probe.Result {
	if r == nil {
		return one
	}
	r.learn(func() { r.keep(one.Port.Addr) })
	return r.copy(reflect.ValueOf(one), memo{}).Interface().(probe.Result)
}

// Run is a run as reports may show it; of its targets those that only names, or all.
func (r *Redactor) Run(run *probe.Run, only ...int) *probe.Run {
	if r == nil || run == nil {
		return run
	}
	for i := range run.Targets {
		t := &run.Targets[i]
		if len(only) > 0 && !slices.Contains(only, i) {
			continue
		}
		r.learn(func() {
			for _, a := range t.Resolution.Addresses {
				r.keep(a)
			}
			for _, other := range t.Others {
				for _, a := range other.Addresses {
					r.keep(a)
				}
			}
			for a := range t.Hosts {
				r.keep(a)
			}
		})
	}
	out, seen := *run, memo{}
	out.Hostname = r.Text(run.Hostname)
	out.Addresses = r.copy(reflect.ValueOf(run.Addresses), seen).Interface().([]netip.Addr)
	out.Targets = slices.Clone(run.Targets)
	for i := range out.Targets {
		if len(only) == 0 || slices.Contains(only, i) {
			out.Targets[i] = r.copy(reflect.ValueOf(run.Targets[i]), seen).Interface().(probe.TargetRun)
		}
	}
	return &out
}

// Done is a function for complete targets that is given what reports may show.
func (r *Redactor) Done(done func(*probe.Run, int)) func(*probe.Run, int) {
	if r == nil || done == nil {
		return done
	}
	return func(run *probe.Run, target int) { done(r.Run(run, target), target) }
}

func (r *Redactor) learn(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// memo has the copies that are made: what was shared stays shared.
type memo map[uintptr]reflect.Value

// codes are fields that hold the program's own words, which decide what is said.
var codes = []string{"Rule", "Asked", "Usual", "Identified", "Error", "Evidence", "Said", "Kind", "Errno", "StartTLS", "ALPN", "Code",
	"Passive", "Why", "Mode"}

// copy is a deep copy with names and addresses replaced; numbers and unexported fields are taken as they are.
func (r *Redactor) copy(v reflect.Value, seen memo) reflect.Value {
	switch one := v.Interface().(type) {
	case netip.Addr:
		return reflect.ValueOf(r.Addr(one))
	case netip.AddrPort:
		return reflect.ValueOf(netip.AddrPortFrom(r.Addr(one.Addr()), one.Port()))
	case netip.Prefix:
		if a := r.Addr(one.Addr()); a != one.Addr() {
			return reflect.ValueOf(netip.PrefixFrom(a, one.Bits()))
		}
		return v
	case string:
		return reflect.ValueOf(r.Text(one))
	case []byte:
		return reflect.ValueOf([]byte(r.Text(string(one))))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return r.pointer(v, seen)
	case reflect.Slice:
		if v.IsNil() || plain(v.Type().Elem()) {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(r.copy(v.Index(i), seen))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, k := range v.MapKeys() {
			out.SetMapIndex(r.copy(k, seen), r.copy(v.MapIndex(k), seen))
		}
		return out
	case reflect.Struct:
		return r.structure(v, seen)
	}
	return v
}

func (r *Redactor) pointer(v reflect.Value, seen memo) reflect.Value {
	if v.IsNil() {
		return v
	}
	if have, is := seen[v.Pointer()]; is && have.Type() == v.Type() {
		return have
	}
	out := reflect.New(v.Type().Elem())
	seen[v.Pointer()] = out
	out.Elem().Set(r.copy(v.Elem(), seen))
	return out
}

func (r *Redactor) structure(v reflect.Value, seen memo) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	facts := strings.Contains(v.Type().PkgPath(), "/probe/")
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || facts && (f.Type.Kind() == reflect.String && slices.Contains(codes, f.Name) || f.Name == "Notes") {
			continue
		}
		out.Field(i).Set(r.copy(v.Field(i), seen))
	}
	return out
}

// plain reports a type without text and addresses.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint16, reflect.Uint32,
		reflect.Uint64, reflect.Float64:
		return true
	case reflect.Struct:
		for i := range t.NumField() {
			if !plain(t.Field(i).Type) {
				return false
			}
		}
		return t.NumField() > 0
	}
	return false
}
