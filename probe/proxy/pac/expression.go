package pac

import "slices"

// node is an expression that may be assigned to, or called with what it belongs to.
type node struct {
	get  expr
	set  func(*env, any)          // nil: not assignable
	of   func(*env) (any, string) // of a member: what it belongs to, and its name
	name string                   // for people
}

// expression reads one with its commas.
func (p *parser) expression() expr {
	x := p.assignment()
	for n := 0; p.accept(","); n = p.chained(n) {
		first, next := x, p.assignment()
		x = func(e *env) any { first(e); return next(e) }
	}
	return x
}

// assignment reads an expression without comma.
func (p *parser) assignment() expr {
	defer p.deeper()()
	left := p.conditional()
	if p.tok.kind != sign {
		return left.get
	}
	op, line := p.tok.text, p.tok.line
	compound := []string{"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", ">>>="}
	switch {
	case op == "=>":
		raise(line, "functions that are written with => are not understood")
	case op != "=" && !slices.Contains(compound, op):
		return left.get
	}
	p.advance()
	if left.set == nil {
		raise(line, "what stands before %q can't be assigned to", op)
	}
	right := p.assignment()
	if op == "=" {
		return func(e *env) any {
			v := right(e)
			left.set(e, v)
			return v
		}
	}
	op = op[:len(op)-1]
	return func(e *env) any {
		v := e.run.grown(binary(op, left.get(e), right(e)))
		left.set(e, v)
		return v
	}
}

func (p *parser) conditional() node {
	x := p.binary(0)
	if !p.accept("?") {
		return x
	}
	yes := p.assignment()
	p.need(":")
	no := p.assignment()
	return node{get: func(e *env) any {
		if truth(x.get(e)) {
			return yes(e)
		}
		return no(e)
	}}
}

// levels are the binary operators, those that bind least first.
var levels = [][]string{
	{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!=", "===", "!=="}, {"<", ">", "<=", ">="}, {"<<", ">>", ">>>"}, {"+", "-"}, {"*", "/", "%"},
}

func (p *parser) binary(level int) node {
	if level == len(levels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	if level < 2 {
		left = p.anyOrAll(level, left)
	}
	for n := 0; p.tok.kind == sign && slices.Contains(levels[level], p.tok.text); n = p.chained(n) {
		op, line := p.tok.text, p.tok.line
		p.advance()
		left = operation(op, line, left.get, p.binary(level+1).get)
	}
	if p.tok.kind == word && (p.is("in") || p.is("instanceof")) || p.is("??") || p.is("**") {
		raise(p.tok.line, "the operator %q is not understood", p.tok.text)
	}
	return left
}

// anyOrAll reads what follows a first operand of || (level 0) or && (level 1): as many as there are.
func (p *parser) anyOrAll(level int, first node) node {
	op := levels[level][0]
	if !p.is(op) {
		return first
	}
	all := []expr{first.get}
	for p.accept(op) {
		all = append(all, p.binary(level+1).get)
	}
	return node{get: func(e *env) (v any) {
		for _, x := range all {
			if v = x(e); truth(v) == (op == "||") {
				return v
			}
		}
		return v
	}}
}

func operation(op string, line int, a, b expr) node {
	return node{get: func(e *env) any {
		x := a(e)
		y := b(e)
		e.run.step(line)
		return e.run.grown(binary(op, x, y))
	}}
}

func (p *parser) unary() node {
	defer p.deeper()()
	op, line := p.tok.text, p.tok.line
	if p.tok.kind == word {
		switch op {
		case "typeof":
			p.advance()
			x := p.unary()
			return node{get: func(e *env) any {
				if x.of == nil && x.name != "" && e.find(x.name) == nil {
					if _, is := builtin(x.name); !is {
						return "undefined"
					}
				}
				return typeOf(x.get(e))
			}}
		case "void", "delete", "await", "yield":
			raise(line, "the operator %q is not understood", op)
		}
		return p.postfix()
	}
	if p.tok.kind != sign {
		return p.postfix()
	}
	switch op {
	case "!", "-", "+", "~":
		p.advance()
		x := p.unary().get
		return node{get: func(e *env) any { return prefix(op, x(e)) }}
	case "++", "--":
		p.advance()
		return stepped(p.unary(), op, line, false)
	}
	return p.postfix()
}

func (p *parser) postfix() node {
	x := p.member()
	if p.tok.kind == sign && (p.tok.text == "++" || p.tok.text == "--") && !p.tok.broken {
		op, line := p.tok.text, p.tok.line
		p.advance()
		return stepped(x, op, line, true)
	}
	return x
}

// stepped is ++ and --; the value is the one before where it stands behind.
func stepped(x node, op string, line int, behind bool) node {
	if x.set == nil {
		raise(line, "%q needs a variable", op)
	}
	by := 1.0
	if op == "--" {
		by = -1
	}
	return node{get: func(e *env) any {
		before := toNumber(x.get(e))
		x.set(e, before+by)
		if behind {
			return before
		}
		return before + by
	}}
}
