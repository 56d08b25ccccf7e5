package main

import (
	"flag"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"whyport/report/usage"
)

var update = flag.Bool("update", false, "write README's table of systems anew")

// TestReadmeSystems: the table of what each system can tell has the constants of the code, as each system's build has them.
func TestReadmeSystems(t *testing.T) {
	const begin, end = "<!-- systems: go test . -run Systems -update -->\n", "<!-- /systems -->"
	systems := []string{"linux", "windows", "darwin", "freebsd"}
	table := "| what can be told without administrator rights | Linux | Windows | macOS | FreeBSD |\n| --- | --- | --- | --- | --- |\n"
	rows := abilityRows(t)
	for _, r := range rows {
		table += "| " + r.what
		for _, os := range systems {
			table += " | " + constantOf(t, r.dir, r.constant, os)
		}
		table += " |\n"
	}
	text := readme(t)
	before, rest, has := strings.Cut(text, begin)
	old, after, ends := strings.Cut(rest, end)
	if !has || !ends {
		t.Fatal("README.md has no place for it")
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != table {
		t.Errorf("README's table is old: go test . -run Systems -update writes\n%s", table)
	}
	abilities := usage.Abilities() // the same, as this system's build has it
	if len(abilities) != len(rows) {
		t.Fatalf("%d abilities, %d rows", len(abilities), len(rows))
	}
	for i, a := range abilities {
		if want := constantOf(t, rows[i].dir, rows[i].constant, build.Default.GOOS); a.How != want || a.What != rows[i].what {
			t.Errorf("%s: %q, the files say %q", a.Name, a.How, want)
		}
	}
}

// proofs has for each thing that Linux is said to tell the test that sees it.
var proofs = map[string]string{
	"icmp-errors": "probe/socket/kernel_linux_test.go TestExchangeNamesTheICMPError", "repeats": "probe/socket/silence_linux_test.go TestConnectSilent",
	"answer-ttl":  "probe/socket/silence_linux_test.go TestConnectMinTTLIgnoresAnswers",
	"packet-size": "probe/mtu_lab_linux_test.go TestMTU", "options": "probe/options_lab_linux_test.go TestExtrasInLab",
	"interface": "interface_linux_test.go TestInterfaces", "routes": "probe/socket/routes_linux_test.go TestRoutesAreRead",
	"firewall": "probe/local/firewall_test.go TestNFT", "programs": "probe/local/local_lab_linux_test.go TestAsLsof",
	"half-open": "listen_linux_test.go TestDirectionOfSilence", "capture": "listen_linux_test.go TestDirectionOfSilence",
	"proxy-settings": "probe/proxy/settings/settings_test.go TestParsers",
	"sandbox":        "probe/confine/confine_linux_test.go TestNothingBesideWhatWasNamed",
}

// TestSystemsAreProven: nothing is claimed of Linux that no test sees.
func TestSystemsAreProven(t *testing.T) {
	for _, a := range usage.Abilities() {
		file, test, _ := strings.Cut(proofs[a.Name], " ")
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "\nfunc "+test+"(t *testing.T)") {
			t.Errorf("%s: no test %q in %q", a.Name, test, file)
		}
	}
}

// abilityRow is a row of the code's list, with the constant that says how far.
type abilityRow struct{ what, dir, constant string }

// abilityRows reads the list in report/usage.
func abilityRows(t *testing.T) (rows []abilityRow) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "report/usage/able.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	dirs := map[string]string{}
	for _, i := range f.Imports {
		path := strings.TrimPrefix(strings.Trim(i.Path.Value, `"`), "whyport/")
		dirs[filepath.Base(path)] = path
	}
	ast.Inspect(f, func(n ast.Node) bool {
		row, is := n.(*ast.CompositeLit)
		if !is || len(row.Elts) != 3 {
			return true
		}
		what, text := row.Elts[1].(*ast.BasicLit)
		how, constant := row.Elts[2].(*ast.SelectorExpr)
		if text && constant {
			rows = append(rows, abilityRow{unquoted(t, what), dirs[how.X.(*ast.Ident).Name], how.Sel.Name})
		}
		return true
	})
	if len(rows) < 10 {
		t.Fatalf("only %d rows were found", len(rows))
	}
	return rows
}

// constantOf is the value that a package's constant has on a system; there is exactly one.
func constantOf(t *testing.T, dir, name, system string) string {
	t.Helper()
	on := build.Default
	on.GOOS, on.GOARCH, on.CgoEnabled, on.BuildTags = system, "amd64", false, nil
	files, err := on.ImportDir(dir, 0)
	if err != nil {
		t.Fatalf("%s on %s: %v", dir, system, err)
	}
	var found []string
	for _, file := range files.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, is := d.(*ast.GenDecl)
			if !is || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if v.Names[0].Name == name {
					found = append(found, unquoted(t, v.Values[0]))
				}
			}
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s.%s on %s: %q", dir, name, system, found)
	}
	return found[0]
}

func unquoted(t *testing.T, e ast.Expr) string {
	t.Helper()
	text, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
