package pac

import "slices"

// expr computes a value.
type expr func(*env) any

// flow is how a statement ends.
type flow int

const (
	goesOn flow = iota
	breaks
	continues
	returns
)

// stmt does something; the value is that of a return.
type stmt func(*env) (flow, any)

// parser makes functions of a script: the subset of ECMAScript that PAC files use. What is not in it is an error that names it.
type parser struct {
	lexer
	tok   token
	depth int
	scope
}

// scope is the function at hand.
type scope struct {
	vars  []string // that it declares
	plain []string // of them by var
	fresh []string // its parameters, and what let and const declare in the blocks around
	loops int      // around
	cases int      // switches around
	picks int      // 1 directly in a switch, where "case" ends a list
	inner bool     // it is one, not the script
}

// recovered makes an error of what was raised.
func recovered(err *error) {
	switch r := recover().(type) {
	case nil:
	case *fault:
		*err = r
	default:
		panic(r)
	}
}

func (p *parser) advance() { p.tok = p.lexer.next() }

func (p *parser) is(s string) bool {
	return (p.tok.kind == sign || p.tok.kind == word) && p.tok.text == s
}

// accept takes a token if it is this one.
func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.advance()
		return true
	}
	return false
}

func (p *parser) need(s string) {
	if !p.accept(s) {
		raise(p.tok.line, "%q is expected, not %s", s, p.found())
	}
}

func (p *parser) found() string {
	switch p.tok.kind {
	case end:
		return "the end"
	case text:
		return "a string"
	}
	return `"` + p.tok.text + `"`
}

// deeper bounds how far things stand within each other.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxNested {
		raise(p.tok.line, "too many brackets within each other")
	}
	return func() { p.depth-- }
}

// chained bounds how many operators follow each other.
func (p *parser) chained(n int) int {
	if n > maxChain {
		raise(p.tok.line, "too many operators in one expression")
	}
	return n + 1
}

// reserved words are no names.
var reserved = []string{
	"break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do", "else", "export", "extends", "false",
	"finally", "for", "function", "if", "import", "in", "instanceof", "new", "null", "return", "super", "switch", "this", "throw", "true", "try",
	"typeof", "var", "void", "while", "with", "yield", "let", "async", "await",
}

func (p *parser) name() string {
	if p.tok.kind != word || slices.Contains(reserved, p.tok.text) {
		raise(p.tok.line, "a name is expected, not %s", p.found())
	}
	name := p.tok.text
	p.advance()
	return name
}

// declare notes a variable of the function at hand.
func (p *parser) declare(name string, block bool, line int) {
	if block && (slices.Contains(p.fresh, name) || slices.Contains(p.plain, name)) {
		raise(line, "the second variable %q within one function is not understood", name)
	}
	p.vars = append(p.vars, name)
	if block {
		p.fresh = append(p.fresh, name)
	} else {
		p.plain = append(p.plain, name)
	}
}
