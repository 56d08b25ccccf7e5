package pac

import (
	"maps"
	"slices"
	"strconv"
)

// looped reads a loop's body.
func (p *parser) looped() stmt {
	p.loops++
	body := p.statement()
	p.loops--
	return body
}

// breakable reports whether break has something to end.
func (p *parser) breakable() bool { return p.loops > 0 || p.cases > 0 }

func (p *parser) whileLoop() stmt {
	line := p.tok.line
	if p.accept("do") {
		body := p.looped()
		p.need("while")
		x := p.condition()
		p.accept(";")
		return turns(line, nil, x, nil, body, true)
	}
	p.need("while")
	x := p.condition()
	return turns(line, nil, x, nil, p.looped(), false)
}

// turns is a loop: first once, then body as long as x holds, and step after each.
func turns(line int, first stmt, x, step expr, body stmt, anyway bool) stmt {
	return func(e *env) (flow, any) {
		if first != nil {
			first(e)
		}
		for ; anyway || x == nil || truth(x(e)); anyway = false {
			e.run.step(line)
			f, v := body(e)
			if f == returns {
				return f, v
			}
			if f == breaks {
				break
			}
			if step != nil {
				step(e)
			}
		}
		return goesOn, nil
	}
}

func (p *parser) forLoop() stmt {
	line := p.tok.line
	p.need("for")
	p.need("(")
	blocks := len(p.fresh)
	defer func() { p.fresh = p.fresh[:blocks] }()
	var first stmt
	switch {
	case p.is("var"), p.is("let"), p.is("const"):
		if s, is := p.each(line); is {
			return s
		}
		first = p.variables()
	case !p.is(";"):
		x := p.expression()
		first = func(e *env) (flow, any) { x(e); return goesOn, nil }
	}
	p.need(";")
	var x, step expr
	if !p.is(";") {
		x = p.expression()
	}
	p.need(";")
	if !p.is(")") {
		step = p.expression()
	}
	p.need(")")
	return turns(line, first, x, step, p.looped(), false)
}

// each reads "var name in list" and "var name of list"; false: it is another loop.
func (p *parser) each(line int) (stmt, bool) {
	before, tok, block := p.lexer, p.tok, !p.is("var")
	p.advance()
	if p.tok.kind != word {
		p.lexer, p.tok = before, tok
		return nil, false
	}
	name := p.name()
	keys := p.is("in")
	if !keys && !p.is("of") {
		p.lexer, p.tok = before, tok
		return nil, false
	}
	p.advance()
	p.declare(name, block, line)
	list := p.expression()
	p.need(")")
	body := p.looped()
	return func(e *env) (flow, any) {
		for _, item := range items(list(e), keys, line) {
			e.run.step(line)
			e.names[name] = item
			f, v := body(e)
			if f == returns {
				return f, v
			}
			if f == breaks {
				break
			}
		}
		return goesOn, nil
	}, true
}

// items are what a loop over a value goes through: its keys, or what it holds.
func items(v any, keys bool, line int) (out []any) {
	switch v := v.(type) {
	case *array:
		if !keys {
			return slices.Clone(v.items)
		}
		for i := range v.items {
			out = append(out, strconv.Itoa(i))
		}
		return out
	case *object:
		if keys {
			for _, k := range slices.Sorted(maps.Keys(v.members)) {
				out = append(out, k)
			}
			return out
		}
	}
	raise(line, "a loop over this kind of value is not understood")
	return nil
}

// pick reads a switch.
func (p *parser) pick() stmt {
	line := p.tok.line
	p.need("switch")
	x := p.condition()
	p.need("{")
	type branch struct {
		when expr // nil: default
		body stmt
	}
	var all []branch
	picks := p.picks
	p.picks, p.cases = 1, p.cases+1
	for !p.is("}") {
		var b branch
		if !p.accept("default") {
			p.need("case")
			b.when = p.expression()
		}
		p.need(":")
		b.body = p.list(sign, "}")
		all = append(all, b)
	}
	p.picks, p.cases = picks, p.cases-1
	p.need("}")
	return func(e *env) (flow, any) {
		e.run.step(line)
		v := x(e)
		at := slices.IndexFunc(all, func(b branch) bool { return b.when != nil && same(v, b.when(e)) })
		if at < 0 {
			at = slices.IndexFunc(all, func(b branch) bool { return b.when == nil })
		}
		if at < 0 {
			return goesOn, nil
		}
		for _, b := range all[at:] {
			if f, v := b.body(e); f == breaks {
				return goesOn, nil
			} else if f != goesOn {
				return f, v
			}
		}
		return goesOn, nil
	}
}
