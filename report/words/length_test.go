package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mostWords is how long a sentence may be for readers of B1 level.
const mostWords = 20

// stillLong are beginnings of sentences that are longer and have no shorter form yet; the list only shrinks.
var stillLong = []string{}

var (
	sentenceEnds = regexp.MustCompile(`[.?:;] |[.?]$`)
	counted      = regexp.MustCompile(`[\pL\pN%]`)
)

// TestSentencesAreShort reads every text of the catalogue and of the report (summaries, notes, heads, tickets) as it is written;
// what stands for a name or number counts as one word.
func TestSentencesAreShort(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.go", "../*.go", "../ticket/*.go", "../compare/*.go", "../watch/*.go", "../here/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	read := 0
	var used []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts(parsed) {
			for _, s := range sentenceEnds.Split(text, -1) {
				n := 0
				for w := range strings.FieldsSeq(s) {
					if counted.MatchString(w) {
						n++
					}
				}
				if read++; n <= mostWords {
					continue
				}
				i := slices.IndexFunc(stillLong, func(begin string) bool { return strings.HasPrefix(s, begin) })
				if i < 0 {
					t.Errorf("%s: %d words: %s", name, n, s)
					continue
				}
				used = append(used, stillLong[i])
			}
		}
	}
	if read < 500 {
		t.Errorf("only %d sentences were read", read)
	}
	for _, s := range stillLong {
		if !slices.Contains(used, s) {
			t.Errorf("no long sentence begins with %q any more", s)
		}
	}
}

// texts are the strings of a file, those that + joins as one; what is no constant in between is a word.
func texts(f *ast.File) (all []string) {
	var text func(ast.Expr) (string, bool)
	text = func(e ast.Expr) (string, bool) {
		switch e := e.(type) {
		case *ast.BasicLit:
			s, err := strconv.Unquote(e.Value)
			return s, err == nil && e.Kind == token.STRING
		case *ast.BinaryExpr:
			a, isA := text(e.X)
			b, isB := text(e.Y)
			return a + b, isA || isB
		}
		return "X", false
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.BinaryExpr:
			if s, is := text(e); is {
				all = append(all, s)
			}
			return false
		case *ast.BasicLit:
			if s, is := text(e); is {
				all = append(all, s)
			}
		}
		return true
	})
	return all
}
