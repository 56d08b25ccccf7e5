package main

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// reportArrows are the packages of report that each of them may import.
var reportArrows = map[string][]string{
	"report/phrase":   {},
	"report/words":    {"report/phrase"},
	"report":          {"report/words", "report/phrase"},
	"report/page":     {"report", "report/phrase"},
	"report/format":   {"report/metric", "report/page", "report", "report/words", "report/phrase"},
	"report/outfile":  {},
	"report/notices":  {},
	"report/explain":  {"report/phrase"},
	"report/shell":    {"report/explain"},
	"report/saved":    {"report"},
	"report/redact":   {},
	"report/bundle":   {},
	"report/watch":    {"report", "report/page", "report/words", "report/phrase"},
	"report/ticket":   {"report", "report/phrase"},
	"report/compare":  {"report", "report/phrase"},
	"report/listing":  {"report/phrase"},
	"report/here":     {"report/phrase"},
	"report/local":    {"report/listing", "report/phrase"},
	"report/arrivals": {"report", "report/words", "report/phrase"},
	"report/usage": {"report/exporter", "report/arrivals", "report/here", "report/local", "report/watch", "report/bundle", "report/redact", "report/ticket", "report/saved", "report/compare", "report",
		"report/explain", "report/shell", "report/notices", "report/format", "report/page", "report/phrase", "report/outfile"},
	"report/reporttest": {"report"},

	"report/metric":   {},
	"report/exporter": {"report/metric", "report/page", "report", "report/words"},
}

// probeArrows are the packages of probe that each of them may import; probe itself may import all but the last rows.
var probeArrows = map[string][]string{
	"probe/evidence":        {},
	"probe/socket":          {"probe/evidence"},
	"probe/line":            {"probe/socket", "probe/evidence"},
	"probe/path":            {"probe/line", "probe/evidence"},
	"probe/sweep":           {"probe/socket", "probe/evidence"},
	"probe/speak/protocol":  {"probe/evidence"},
	"probe/speak":           {"probe/speak/protocol", "probe/evidence"},
	"probe/verdict":         {"probe/evidence"},
	"probe/lookup":          {"probe/evidence"},
	"probe/proxy":           {"probe/speak", "probe/evidence"},
	"probe/mtu":             {"probe/path", "probe/line", "probe/socket", "probe/evidence"},
	"probe/proxy/pac":       {},
	"probe/proxy/auto":      {"probe/proxy", "probe/proxy/pac", "probe/proxy/settings", "probe/lookup"},
	"probe/proxy/settings":  {"probe/proxy"},
	"probe":                 {"probe/mtu", "probe/proxy", "probe/lookup", "probe/path", "probe/line", "probe/sweep", "probe/speak", "probe/verdict", "probe/socket", "probe/evidence"},
	"probe/demo":            {"probe", "probe/verdict", "probe/evidence"},
	"probe/egress":          {"probe", "probe/path", "probe/line", "probe/verdict", "probe/socket", "probe/evidence"},
	"probe/here":            {"probe/lookup", "probe/proxy", "probe/proxy/settings", "probe/socket", "probe/evidence"},
	"probe/farend":          {"probe/evidence"},
	"probe/farend/listen":   {"probe/farend", "probe/local", "probe/evidence"},
	"probe/farend/ask":      {"probe/farend", "probe", "probe/line", "probe/verdict", "probe/socket", "probe/evidence"},
	"probe/local":           {"probe/socket", "probe/evidence"},
	"probe/hold":            {"probe", "probe/line", "probe/socket", "probe/evidence"},
	"probe/simnet":          {"probe/socket", "probe/evidence"}, // for tests
	"probe/proxy/proxytest": {},                                 // for tests
	"probe/mailhosts":       {},
	"probe/confine":         {},
	"probe/remote":          {},
	"probe/target":          {},
	"probe/lab":             {"probe/realtime"},
	"probe/realtime":        {}, // for tests
}

// leaves import nothing of the program, and every room may import them.
var leaves = []string{"services/mistake", "services/wants"}

// mostInCircle is the number of files of a package that may call each other in a loop.
const mostInCircle = 4

// TestLayout holds the rules of who imports whom, and that main.go is alone at the top.
func TestLayout(t *testing.T) {
	files := 0
	for dir, names := range sources(t) {
		_, inProbe := probeArrows[dir]
		_, inReport := reportArrows[dir]
		if !inProbe && !inReport && dir != "." && !strings.HasPrefix(dir, "services") {
			t.Errorf("%s has no row among the arrows", dir)
		}
		for _, name := range names {
			files++
			if dir == "." {
				if name != "main.go" {
					t.Errorf("%s stands beside main.go", name)
				}
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range parsed.Imports {
				if other, own := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "whyport"); own && !mayImport(dir, strings.TrimPrefix(other, "/")) {
					t.Errorf("%s/%s imports %s: see the arrows in layout_test.go", dir, name, i.Path.Value)
				}
			}
		}
	}
	if files < 20 {
		t.Errorf("only %d files seen", files)
	}
}

// mayImport: probe and services import nothing of the others but leaves; the packages of probe and report of each other what
// the arrows say.
func mayImport(dir, other string) bool {
	if slices.Contains(leaves, dir) || slices.Contains(leaves, other) {
		return !slices.Contains(leaves, dir)
	}
	room := func(path string) string { first, _, _ := strings.Cut(path, "/"); return first }
	switch room(dir) {
	case "probe":
		return slices.Contains(probeArrows[dir], other)
	case "report":
		return room(other) != "report" || slices.Contains(reportArrows[dir], other)
	}
	return room(dir) == room(other)
}

// sources are the Go files of each folder, without tests.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir // no part of the program, as for the go command
		}
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			dir := filepath.ToSlash(filepath.Dir(path))
			found[dir] = append(found[dir], filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCircles: files of a package that call each other in a loop can't be read one by one.
func TestCircles(t *testing.T) {
	exports := exportData(t)
	for dir := range sources(t) {
		calls := callsBetweenFiles(t, dir, exports)
		for _, circle := range circles(calls) {
			if len(circle) > mostInCircle {
				t.Errorf("%s: %d files call each other in a loop, %d may: %s", dir, len(circle), mostInCircle, strings.Join(circle, " "))
			}
		}
	}
}

// exportData has the compiler's description of each package that is imported, by path.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./...").Output()
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatalf("go list: %v", err)
		}
		t.Skipf("the go command is needed to know the types: %v", err)
	}
	files := map[string]string{}
	for line := range bytes.Lines(out) {
		path, file, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		files[path] = file
	}
	return files
}

// callsBetweenFiles has for each file of a package those whose functions and methods it uses.
func callsBetweenFiles(t *testing.T, dir string, exports map[string]string) map[string][]string {
	t.Helper()
	p, err := build.ImportDir(dir, 0)
	if err != nil {
		return nil // nothing for this system
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(set, "gc", lookup)}
	pkg, err := conf.Check("whyport/"+dir, set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string][]string{}
	for id, used := range info.Uses {
		if _, function := used.(*types.Func); !function || used.Pkg() != pkg {
			continue
		}
		from, to := filepath.Base(set.Position(id.Pos()).Filename), filepath.Base(set.Position(used.Pos()).Filename)
		if from != to && !slices.Contains(calls[from], to) {
			calls[from] = append(calls[from], to)
		}
	}
	return calls
}

// circles are the sets of files each of which reaches all others of its set.
func circles(calls map[string][]string) (out [][]string) {
	reached := map[string]map[string]bool{}
	var visit func(from, at string)
	visit = func(from, at string) {
		for _, next := range calls[at] {
			if !reached[from][next] {
				reached[from][next] = true
				visit(from, next)
			}
		}
	}
	for from := range calls {
		reached[from] = map[string]bool{}
		visit(from, from)
	}
	done := map[string]bool{}
	for from := range calls {
		if done[from] || !reached[from][from] {
			continue
		}
		var circle []string
		for to := range reached[from] {
			if reached[to][from] {
				circle, done[to] = append(circle, to), true
			}
		}
		slices.Sort(circle)
		out = append(out, circle)
	}
	return out
}
