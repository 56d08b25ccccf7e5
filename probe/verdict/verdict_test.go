package verdict

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// TestEstablishes: what says nothing of a port leaves its state unknown, and no rule that gives another state has such a reason.
func TestEstablishes(t *testing.T) {
	none := 0
	for _, r := range append(Reasons(), "") {
		if !r.Establishes() {
			none++
		}
	}
	if none != 15 {
		t.Errorf("%d reasons establish nothing", none)
	}
	for name, c := range cases(t) {
		if v := c.Verdict; !v.Reason.Establishes() && (v.State != Unknown || v.Usable) {
			t.Errorf("%s: %s says %s, usable %v", name, v.Reason, v.State, v.Usable)
		}
	}
}

// TestCodesAreListed: each constant of a kind is in the kind's list, which the schema, the glossary and the wording are held against.
func TestCodesAreListed(t *testing.T) {
	listed := map[string][]string{}
	for _, s := range States() {
		listed["State"] = append(listed["State"], string(s))
	}
	for _, r := range Reasons() {
		listed["Reason"] = append(listed["Reason"], string(r))
	}
	for _, c := range Caveats() {
		listed["Caveat"] = append(listed["Caveat"], string(c))
	}
	file, err := parser.ParseFile(token.NewFileSet(), "verdict.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || len(spec.Values) != 1 {
			return true
		}
		kind, _ := spec.Type.(*ast.Ident)
		value, _ := spec.Values[0].(*ast.BasicLit)
		if kind == nil || value == nil || listed[kind.Name] == nil {
			return true
		}
		found[kind.Name]++
		if code, _ := strconv.Unquote(value.Value); !slices.Contains(listed[kind.Name], code) {
			t.Errorf("%s is not in %ss (verdict.go)", spec.Names[0].Name, kind.Name)
		}
		return true
	})
	for kind, all := range listed {
		if found[kind] != len(all) || len(all) == 0 {
			t.Errorf("%s: %d constants, %d in the list", kind, found[kind], len(all))
		}
	}
}
