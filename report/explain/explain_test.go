package explain_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report/explain"
)

// codes are all that the judge and the report can say, by kind.
func codes(t *testing.T) map[explain.Kind][]string {
	out := map[explain.Kind][]string{explain.Rule: verdict.Rules()}
	for _, s := range verdict.States() {
		out[explain.State] = append(out[explain.State], string(s))
	}
	for _, r := range verdict.Reasons() {
		out[explain.Reason] = append(out[explain.Reason], string(r))
	}
	for _, c := range verdict.Caveats() {
		out[explain.Caveat] = append(out[explain.Caveat], string(c))
	}
	out[explain.Note] = slices.Concat(evidence.SpeechNotes(), evidence.TLSNotes(), evidence.VerificationErrors(), evidence.Inspections(),
		saidByReport(t), holdings(), []string{"ipv4-broken", "ipv6-broken", "profile", "ftp-passive-ok", "ftp-passive-refused"})
	return out
}

// holdings are what keeping connections idle and measuring packets' sizes can come to.
func holdings() (codes []string) {
	for _, h := range verdict.Holdings() {
		codes = append(codes, string(h))
	}
	for _, s := range verdict.SizedFindings() {
		codes = append(codes, string(s))
	}
	return codes
}

// saidByReport are the codes of notes that stand as text in the packages which write sentences.
func saidByReport(t *testing.T) (found []string) {
	t.Helper()
	files, err := filepath.Glob("../words/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, "../notes.go", "../elsewhere.go", "../nodes.go", "../ping.go") {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			var first ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				if id, is := n.Fun.(*ast.Ident); is && id.Name == "add" && len(n.Args) > 1 {
					first = n.Args[0]
				}
			case *ast.CompositeLit:
				if id, is := n.Type.(*ast.Ident); is && id.Name == "Note" && len(n.Elts) > 0 {
					first = n.Elts[0]
					if named, is := first.(*ast.KeyValueExpr); is {
						first = named.Value
					}
				}
			}
			if text, is := first.(*ast.BasicLit); is {
				code, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, code)
			}
			return true
		})
	}
	if len(found) < 20 {
		t.Fatalf("only %d codes of notes found: %v", len(found), found)
	}
	return found
}

func TestEveryCodeIsExplained(t *testing.T) {
	wanted := map[string]bool{}
	for kind, all := range codes(t) {
		for _, code := range all {
			e, ok := explain.Find(code)
			if !ok || !e.Is(kind) {
				t.Errorf("%s %q has no entry in texts: its head is \"= %s: %s\", behind it stand means, seen, also, who and say", kind, code, code, kind)
			}
			wanted[e.Code+" "+string(kind)] = true
		}
	}
	seen := map[string]bool{}
	for _, e := range explain.All() {
		if seen[e.Code] {
			t.Errorf("%s has two entries", e.Code)
		}
		seen[e.Code] = true
		for _, k := range e.Kinds {
			if !wanted[e.Code+" "+string(k)] {
				t.Errorf("texts has an entry for the %s %q, which nothing says", k, e.Code)
			}
		}
		for field, text := range map[string]string{"means": e.Means, "seen": e.Seen, "also": e.Imitations, "who": e.Who, "say": e.Say} {
			if text == "" || strings.Contains(text, "  ") || !strings.ContainsAny(text[len(text)-1:], ".?") {
				t.Errorf("%s: %s is %q", e.Code, field, text)
			}
		}
		if e.Of != "" {
			if of, ok := explain.Find(e.Of); !ok || of.Of != "" {
				t.Errorf("%s is a case of %q, which stands for itself", e.Code, e.Of)
			}
		}
	}
}

// TestEntriesAreShort: a sentence has at most 25 words, for readers of B1 level.
func TestEntriesAreShort(t *testing.T) {
	ends := regexp.MustCompile(`[.?:;] `)
	for _, e := range explain.All() {
		for _, text := range []string{e.Means, e.Seen, e.Imitations, e.Who, e.Say} {
			for _, s := range ends.Split(text, -1) {
				if n := len(strings.Fields(s)); n > 25 {
					t.Errorf("%s: %d words: %s", e.Code, n, s)
				}
			}
		}
	}
}

func TestUnknownCode(t *testing.T) {
	for _, code := range []string{"", "reset-nonsense", "ftp", "nonsense"} {
		if e, ok := explain.Find(code); ok {
			t.Errorf("%q is explained as %q", code, e.Code)
		}
	}
	if e, ok := explain.Find("ftp-passive-no-response"); !ok || e.Code != "ftp-passive" {
		t.Errorf("ftp-passive-no-response is %q, %v", e.Code, ok)
	}
}

func TestPrinted(t *testing.T) {
	var list, one, data bytes.Buffer
	e, _ := explain.Find("sni-reset")
	for _, err := range []error{explain.List(&list, 80, false), explain.Print(&one, []explain.Entry{e}, 60, false), explain.List(&data,
		0, true)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, code := range explain.Codes() {
		if !strings.Contains(list.String(), "\n  "+code+" ") {
			t.Errorf("the list has no %s", code)
		}
	}
	for text, width := range map[string]int{list.String(): 80, one.String(): 60} {
		for line := range strings.Lines(text) {
			if len(strings.TrimSuffix(line, "\n")) > width {
				t.Errorf("wider than %d: %q", width, line)
			}
		}
	}
	for _, want := range []string{"sni-reset (reason)", "Who can mend it", "Please exempt the name."} {
		if !strings.Contains(one.String(), want) {
			t.Errorf("no %q in\n%s", want, one.String())
		}
	}
	var read struct{ Codes []explain.Entry }
	if err := json.Unmarshal(data.Bytes(), &read); err != nil || len(read.Codes) != len(explain.All()) {
		t.Errorf("JSON: %v, %d codes", err, len(read.Codes))
	}
}
