package pac

import (
	"context"
	"net/netip"
	"time"
)

// Bounds of a script.
const (
	MaxSize   = 256 << 10 // bytes of a PAC file
	maxSteps  = 5_000_000 // statements, calls and turns of a loop
	maxDepth  = 100       // calls within calls
	maxNested = 500       // brackets within brackets
	maxChain  = 1000      // operators one after the other
	maxString = 1 << 20
	maxItems  = 100_000 // of a list
	maxMemory = 64 << 20
	maxAsked  = 32              // look-ups
	maxTime   = 2 * time.Second // without the look-ups
	maxLookUp = 3 * time.Second
)

// env holds the variables of one call.
type env struct {
	names  map[string]any
	parent *env
	run    *running
}

// running is one evaluation.
type running struct {
	ctx   context.Context
	on    *Machine
	steps int
	depth int
	made  int // bytes of texts and lists
	asked map[string][]netip.Addr
	end   time.Time
	line  int // of the statement or call under way
}

// step counts work, and ends what does not end.
func (r *running) step(line int) {
	r.steps++
	r.line = line
	if r.steps > maxSteps {
		raise(line, "the script does not come to an end")
	}
	if r.steps%1024 == 0 {
		r.inTime()
	}
}

// inTime ends what takes too long.
func (r *running) inTime() {
	if r.ctx.Err() != nil || time.Now().After(r.end) {
		raise(r.line, "the script takes too long")
	}
}

// grown counts what a value takes, and returns it.
func (r *running) grown(v any) any {
	switch v := v.(type) {
	case string:
		r.made += len(v)
	case *array:
		r.made += 16 * len(v.items)
	}
	if r.made > maxMemory {
		raise(r.line, "the script takes too much memory")
	}
	return v
}

func (e *env) find(name string) *env {
	for ; e != nil; e = e.parent {
		if _, is := e.names[name]; is {
			return e
		}
	}
	return nil
}

// get is a variable or one of PAC's functions.
func (e *env) get(name string, line int) any {
	if at := e.find(name); at != nil {
		return at.names[name]
	}
	if f, is := builtin(name); is {
		return f
	}
	raise(line, "%q is not understood", name)
	return nil
}

// set assigns; a name that nobody has declared becomes a variable of the script.
func (e *env) set(name string, v any) {
	at := e.find(name)
	if at == nil {
		for at = e; at.parent != nil; at = at.parent {
		}
	}
	at.names[name] = v
}

// call calls a function with its own variables.
func (e *env) call(f any, args []any, what string, line int) any {
	fn, is := f.(function)
	if !is {
		raise(line, "%s is no function", what)
	}
	e.run.step(line)
	if e.run.depth++; e.run.depth > maxDepth {
		raise(line, "functions call each other too deeply")
	}
	out := fn.call(e, args)
	e.run.depth--
	return out
}
