package pac

// member reads a value with what is taken or called of it.
func (p *parser) member() node {
	x := p.primary()
	for n := 0; p.tok.kind == sign; n = p.chained(n) {
		line := p.tok.line
		switch {
		case p.accept("."):
			if p.tok.kind != word {
				raise(line, "a name is expected, not %s", p.found())
			}
			name := p.tok.text
			p.advance()
			x = memberOf(x, func(*env) any { return name }, name, line)
		case p.accept("["):
			key := p.expression()
			p.need("]")
			x = memberOf(x, key, "a member", line)
		case p.accept("("):
			x = called(x, p.arguments(")"), line)
		case p.is("?."):
			raise(line, "the operator %q is not understood", "?.")
		default:
			return x
		}
	}
	return x
}

func memberOf(x node, key expr, name string, line int) node {
	return node{
		get:  func(e *env) any { return member(x.get(e), key(e), line) },
		set:  func(e *env, v any) { setMember(x.get(e), key(e), v, line) },
		of:   func(e *env) (any, string) { owner := x.get(e); return owner, toString(key(e)) },
		name: name,
	}
}

func called(x node, args []expr, line int) node {
	return node{get: func(e *env) any {
		var owner any
		var name string
		var f any
		if x.of != nil {
			owner, name = x.of(e)
		} else {
			f = x.get(e)
		}
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a(e)
		}
		if x.of == nil {
			return e.call(f, values, cut(x.name), line)
		}
		e.run.step(line)
		if o, is := owner.(*object); is {
			return e.call(o.members[name], values, cut(name), line)
		}
		e.run.inTime()
		return e.run.grown(method(owner, name, values, line))
	}}
}

func cut(name string) string {
	if name == "" {
		return "this value"
	}
	return `"` + name + `"`
}

// arguments reads expressions up to a closing bracket.
func (p *parser) arguments(closing string) (out []expr) {
	for !p.is(closing) {
		out = append(out, p.assignment())
		if !p.accept(",") {
			break
		}
	}
	p.need(closing)
	return out
}

// primary reads a value.
func (p *parser) primary() node {
	defer p.deeper()()
	tok := p.tok
	constant := func(v any) node {
		p.advance()
		return node{get: func(*env) any { return v }}
	}
	switch tok.kind {
	case text:
		return constant(tok.text)
	case number:
		return constant(tok.num)
	case word:
		switch tok.text {
		case "true":
			return constant(true)
		case "false":
			return constant(false)
		case "null":
			return constant(null{})
		case "undefined":
			return constant(nil)
		case "function":
			p.advance()
			name := ""
			if !p.is("(") {
				name = p.name()
			}
			return node{get: p.function(name)}
		case "new":
			return p.made()
		case "this":
			raise(tok.line, `"this" is not understood`)
		}
		name := p.name()
		return node{
			get:  func(e *env) any { return e.get(name, tok.line) },
			set:  func(e *env, v any) { e.set(name, v) },
			name: name,
		}
	case sign:
		switch tok.text {
		case "(":
			p.advance()
			if p.is(")") {
				raise(tok.line, "functions that are written with => are not understood")
			}
			x := p.expression()
			p.need(")")
			return node{get: x}
		case "[":
			p.advance()
			return p.literal(p.arguments("]"), tok.line)
		case "{":
			return p.members()
		case "/", "/=":
			pattern, flags := p.lexer.expression(tok.at)
			re := compiled(pattern, flags, tok.line)
			return constant(re)
		}
	}
	raise(tok.line, "%s is not expected here", p.found())
	return node{}
}

func (p *parser) literal(all []expr, line int) node {
	return node{get: func(e *env) any {
		e.run.step(line)
		out := &array{}
		for _, x := range all {
			out.items = append(out.items, x(e))
		}
		return e.run.grown(out)
	}}
}

// members reads an object's literal.
func (p *parser) members() node {
	line := p.tok.line
	p.need("{")
	var keys []string
	var values []expr
	for !p.is("}") {
		if p.tok.kind == sign || p.tok.kind == end {
			raise(p.tok.line, "a name is expected, not %s", p.found())
		}
		key := p.tok.text
		if p.tok.kind == number {
			key = numberText(p.tok.num)
		}
		p.advance()
		p.need(":")
		keys, values = append(keys, key), append(values, p.assignment())
		if !p.accept(",") {
			break
		}
	}
	p.need("}")
	return node{get: func(e *env) any {
		e.run.step(line)
		out := &object{map[string]any{}}
		for i, k := range keys {
			out.members[k] = values[i](e)
		}
		return out
	}}
}

// made reads new: of lists, objects and regular expressions.
func (p *parser) made() node {
	line := p.tok.line
	p.need("new")
	class := p.name()
	var args []expr
	if p.accept("(") {
		args = p.arguments(")")
	}
	return node{get: func(e *env) any {
		e.run.step(line)
		var values []any
		for _, a := range args {
			values = append(values, a(e))
		}
		switch {
		case class == "Array" && (len(values) != 1 || typeOf(values[0]) != "number"):
			return e.run.grown(&array{values})
		case class == "Array" && toNumber(values[0]) >= 0 && toNumber(values[0]) <= maxItems:
			return e.run.grown(&array{make([]any, int(toNumber(values[0])))})
		case class == "Object" && len(values) == 0:
			return &object{map[string]any{}}
		case class == "RegExp" && len(values) > 0:
			flags := ""
			if len(values) > 1 {
				flags = toString(values[1])
			}
			return compiled(toString(values[0]), flags, line)
		}
		raise(line, "new %s is not understood", class)
		return nil
	}}
}
