package pac

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind int

const (
	end kind = iota
	word
	number
	text
	sign
)

// token is a word of the script.
type token struct {
	kind   kind
	text   string // a string's is unquoted
	num    float64
	at     int // where it begins
	line   int
	broken bool // a line ended before it
}

// signs are the punctuators, longest first.
var signs = []string{
	">>>=", "===", "!==", ">>>", "<<=", ">>=", "...", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--",
	"+=", "-=", "*=", "/=", "%=",
	"&=", "|=", "^=", "<<", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|",
	"^", "!", "~", "?", ":", "=", ".",
}

// lexer cuts a script into tokens.
type lexer struct {
	src  string
	at   int
	line int
}

// space skips blanks and comments, and reports whether a line ended.
func (l *lexer) space() (broken bool) {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\n':
			l.line++
			l.at++
			broken = true
		case unicode.IsSpace(r) || r == '\ufeff':
			l.at += size
		case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "<!--"):
			l.at += len(rest)
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				l.at += i - len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				raise(l.line, "a comment does not end")
			}
			comment := rest[:i+4]
			l.line += strings.Count(comment, "\n")
			broken = broken || strings.Contains(comment, "\n")
			l.at += len(comment)
		default:
			return broken
		}
	}
	return broken
}

func letter(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }

func (l *lexer) next() token {
	broken := l.space()
	t := token{at: l.at, line: l.line, broken: broken}
	rest := l.src[l.at:]
	if rest == "" {
		return t
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case letter(r):
		n := strings.IndexFunc(rest, func(r rune) bool { return !letter(r) && !unicode.IsDigit(r) })
		if n < 0 {
			n = len(rest)
		}
		t.kind, t.text = word, rest[:n]
		l.at += n
	case r >= '0' && r <= '9' || r == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		l.number(&t, rest)
	case r == '"' || r == '\'':
		t.kind, t.text = text, l.quoted(byte(r))
	default:
		for _, s := range signs {
			if strings.HasPrefix(rest, s) {
				t.kind, t.text = sign, s
				l.at += len(s)
				return t
			}
		}
		raise(l.line, "the character %q is not understood", string(r))
	}
	return t
}

func (l *lexer) number(t *token, rest string) {
	n := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsDigit(r) && !letter(r) && r != '.' })
	if n < 0 {
		n = len(rest)
	}
	t.kind, t.text = number, rest[:n]
	l.at += n
	if hex, is := strings.CutPrefix(strings.ToLower(t.text), "0x"); is {
		v, err := strconv.ParseUint(hex, 16, 53)
		if err != nil {
			raise(l.line, "%q is no number", t.text)
		}
		t.num = float64(v)
		return
	}
	v, err := strconv.ParseFloat(t.text, 64)
	if err != nil || len(t.text) > 1 && t.text[0] == '0' && t.text[1] != '.' { // 010 is eight to some engines
		raise(l.line, "%q is no number that all engines read alike", t.text)
	}
	t.num = v
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) string {
	var out strings.Builder
	for i := l.at + 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == quote:
			l.at = i + 1
			return out.String()
		case c == '\n':
			raise(l.line, "a string does not end on its line")
		case c == '\\':
			i++
			i = l.escape(&out, i)
		default:
			out.WriteByte(c)
		}
	}
	raise(l.line, "a string does not end")
	return ""
}

// escape reads what stands behind a backslash at i, and returns where it ends.
func (l *lexer) escape(out *strings.Builder, i int) int {
	if i >= len(l.src) {
		raise(l.line, "a string does not end")
	}
	digits := 0
	switch c := l.src[i]; c {
	case 'n':
		out.WriteByte('\n')
	case 't':
		out.WriteByte('\t')
	case 'r':
		out.WriteByte('\r')
	case '\n':
		l.line++
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case '\\', '\'', '"', '/', '.', '-', '*':
		out.WriteByte(c)
	default:
		raise(l.line, `"\%c" in a string is not understood`, c)
	}
	if digits > 0 {
		v, err := strconv.ParseUint(l.src[min(i+1, len(l.src)):min(i+1+digits, len(l.src))], 16, 32)
		if err != nil {
			raise(l.line, "an escape in a string is not understood")
		}
		out.WriteRune(rune(v))
	}
	return i + digits
}

// expression reads a regular expression that begins at a slash.
func (l *lexer) expression(from int) (pattern, flags string) {
	class := false
	for i := from + 1; i < len(l.src) && l.src[i] != '\n'; i++ {
		switch c := l.src[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.at = i + 1
			for l.at < len(l.src) && letter(rune(l.src[l.at])) {
				l.at++
			}
			return l.src[from+1 : i], l.src[i+1 : l.at]
		}
	}
	raise(l.line, "a regular expression does not end")
	return "", ""
}
