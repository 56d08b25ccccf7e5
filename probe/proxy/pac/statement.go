package pac

import (
	"slices"
	"strconv"
)

// statement reads one.
func (p *parser) statement() stmt {
	defer p.deeper()()
	line := p.tok.line
	if p.tok.kind == sign {
		switch {
		case p.accept(";"):
			return func(*env) (flow, any) { return goesOn, nil }
		case p.accept("{"):
			return p.block()
		}
	}
	if p.tok.kind == word {
		switch p.tok.text {
		case "var", "let", "const":
			s := p.variables()
			p.over()
			return s
		case "if":
			return p.choice()
		case "for":
			return p.forLoop()
		case "while", "do":
			return p.whileLoop()
		case "switch":
			return p.pick()
		case "return":
			return p.result()
		case "break", "continue":
			return p.jump()
		case "function":
			raise(line, "a function that is declared in a statement is not understood")
		case "try", "throw", "with", "class", "import", "export", "debugger", "async":
			raise(line, "the statement %q is not understood", p.tok.text)
		}
	}
	x := p.expression()
	p.over()
	return func(e *env) (flow, any) {
		e.run.step(line)
		x(e)
		return goesOn, nil
	}
}

// block reads what stands in braces; the first is read already. Cases of a switch around it are not its own.
func (p *parser) block() stmt {
	picks := p.picks
	p.picks = 0
	body := p.list(sign, "}")
	p.need("}")
	p.picks = picks
	return body
}

// over ends a statement: by a semicolon, or where a line or a block ends.
func (p *parser) over() {
	if !p.accept(";") && !p.is("}") && p.tok.kind != end && !p.tok.broken {
		raise(p.tok.line, "%s is not expected here", p.found())
	}
}

// variables reads var, let and const. All belong to the function: where let or const would hide a name of the same function, what is
// meant is not understood.
func (p *parser) variables() stmt {
	block := p.tok.text != "var"
	var all []stmt
	for more := true; more; more = p.is(",") {
		p.advance() // the word, or a comma
		all = append(all, p.variable(block))
	}
	return func(e *env) (flow, any) {
		for _, s := range all {
			s(e)
		}
		return goesOn, nil
	}
}

func (p *parser) variable(block bool) stmt {
	line, name := p.tok.line, p.name()
	p.declare(name, block, line)
	if !p.accept("=") {
		return func(e *env) (flow, any) {
			if block {
				e.names[name] = nil
			}
			return goesOn, nil
		}
	}
	x := p.assignment()
	return func(e *env) (flow, any) {
		e.run.step(line)
		e.names[name] = x(e)
		return goesOn, nil
	}
}

func (p *parser) condition() expr {
	p.need("(")
	x := p.expression()
	p.need(")")
	return x
}

// choice reads if, with as many else if as follow.
func (p *parser) choice() stmt {
	type branch struct {
		line int
		when expr
		then stmt
	}
	var all []branch
	var last stmt
	for more := true; more; {
		line := p.tok.line
		p.need("if")
		x := p.condition()
		all = append(all, branch{line, x, p.statement()})
		if more = p.accept("else"); more && !p.is("if") {
			last, more = p.statement(), false
		}
	}
	return func(e *env) (flow, any) {
		for _, b := range all {
			if e.run.step(b.line); truth(b.when(e)) {
				return b.then(e)
			}
		}
		if last != nil {
			return last(e)
		}
		return goesOn, nil
	}
}

func (p *parser) result() stmt {
	line := p.tok.line
	if !p.inner {
		raise(line, "return stands outside a function")
	}
	p.need("return")
	if p.is(";") || p.is("}") || p.tok.kind == end || p.tok.broken {
		p.over()
		return func(*env) (flow, any) { return returns, nil }
	}
	x := p.expression()
	p.over()
	return func(e *env) (flow, any) {
		e.run.step(line)
		return returns, x(e)
	}
}

func (p *parser) jump() stmt {
	f := breaks
	if p.is("continue") {
		f = continues
	}
	if f == continues && p.loops == 0 || f == breaks && !p.breakable() {
		raise(p.tok.line, "%q stands outside a loop", p.tok.text)
	}
	p.advance()
	if p.tok.kind == word && !p.tok.broken {
		raise(p.tok.line, "the label %s is not understood", strconv.Quote(p.tok.text))
	}
	p.over()
	return func(*env) (flow, any) { return f, nil }
}

// list reads statements up to a token; functions that are declared in it can be called from its beginning on.
func (p *parser) list(kind kind, until string) stmt {
	defer p.deeper()()
	var all, first []stmt
	blocks := len(p.fresh)
	for p.tok.kind != kind || kind == sign && p.tok.text != until {
		if p.tok.kind == end {
			raise(p.tok.line, "%q is missing at the end", until)
		}
		if until == "}" && p.picks > 0 && (p.is("case") || p.is("default")) {
			break
		}
		if p.is("function") {
			first = append(first, p.declared())
			continue
		}
		all = append(all, p.statement())
	}
	p.fresh = p.fresh[:blocks]
	all = append(first, all...)
	return func(e *env) (flow, any) {
		for _, s := range all {
			if f, v := s(e); f != goesOn {
				return f, v
			}
		}
		return goesOn, nil
	}
}

// declared is a function's declaration.
func (p *parser) declared() stmt {
	p.need("function")
	name := p.name()
	p.vars = append(p.vars, name)
	f := p.function(name)
	return func(e *env) (flow, any) {
		e.names[name] = f(e)
		return goesOn, nil
	}
}

// function reads parameters and body.
func (p *parser) function(name string) expr {
	defer p.deeper()()
	p.need("(")
	var params []string
	for !p.is(")") {
		params = append(params, p.name())
		if !p.accept(",") {
			break
		}
	}
	p.need(")")
	outside := p.scope
	p.scope = scope{fresh: slices.Clone(params), inner: true}
	p.need("{")
	body := p.list(sign, "}")
	p.need("}")
	own := p.vars
	p.scope = outside
	return func(outer *env) any {
		return function{name, func(e *env, args []any) any {
			here := &env{names: map[string]any{}, parent: outer, run: e.run}
			for _, v := range own {
				here.names[v] = nil
			}
			for i, param := range params {
				here.names[param] = nil
				if i < len(args) {
					here.names[param] = args[i]
				}
			}
			_, v := body(here)
			return v
		}}
	}
}
