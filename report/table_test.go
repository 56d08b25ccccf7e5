package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whyport/probe"
	"whyport/report"
	"whyport/services"
)

var update = flag.Bool("update", false, "write the golden files anew")

func samples() map[string]func() *probe.Run {
	return map[string]func() *probe.Run{
		"iproject": iproject, "families": families, "certificates": certificates, "not-found": notFound,
		"interrupted": interrupted, "every-port": everyPort, "silent-host": silentHost, "network": network,
	}
}

func TestTableGolden(t *testing.T) {
	styles := map[string]report.Style{
		"plain":  {},
		"color":  {Color: true, Unicode: true},
		"quiet":  {Quiet: true},
		"detail": {Verbose: true, Unicode: true},
	}
	for name, make := range samples() {
		doc := report.Build(make(), services.New(), "test")
		for _, width := range []int{60, 80, 100, 200} {
			for kind, style := range styles {
				if (kind == "quiet" || kind == "detail") && width != 80 || name == "every-port" && (kind != "plain" || width%100 == 0) {
					continue
				}
				style.Width = width
				t.Run(fmt.Sprintf("%s-%s-%d", name, kind, width), func(t *testing.T) {
					var b bytes.Buffer
					if err := report.Table(&b, doc, style); err != nil {
						t.Fatal(err)
					}
					golden(t, fmt.Sprintf("%s-%s-%d.txt", name, kind, width), b.Bytes())
					checkWidth(t, b.String(), width)
				})
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./report -update writes it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// The time is the answer's, not that of everything that was asked about the port afterwards.
func TestTimeIsTheAnswers(t *testing.T) {
	p := refused(server, client, 443)
	p.Elapsed = 700 * ms
	var b bytes.Buffer
	doc := report.Build(run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, p, closed)}}), services.New(), "test")
	if err := report.Table(&b, doc, report.Style{}); err != nil || !bytes.Contains(b.Bytes(), []byte(" 31 ms ")) {
		t.Errorf("%v\n%s", err, b.String())
	}
}
