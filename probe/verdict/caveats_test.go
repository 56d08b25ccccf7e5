package verdict

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// TestCaveatsAreListed: who asks for all caveats gets every one that is declared.
func TestCaveatsAreListed(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "verdict.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(f, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || len(spec.Values) != 1 {
			return true
		}
		if kind, is := spec.Type.(*ast.Ident); !is || kind.Name != "Caveat" {
			return true
		}
		declared++
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(Caveats(), Caveat(code)) {
			t.Errorf("%s is not listed (%v)", spec.Names[0], err)
		}
		return true
	})
	if declared == 0 || declared != len(Caveats()) {
		t.Errorf("%d caveats are declared, %d listed", declared, len(Caveats()))
	}
}
