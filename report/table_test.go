package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/page"
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
	styles := map[string]page.Style{
		"plain":  {},
		"color":  {Color: true, Unicode: true},
		"quiet":  {Quiet: true},
		"detail": {Verbose: true, Unicode: true},
	}
	for name, make := range samples() {
		doc := report.NewView(make(), services.New(), "test")
		for _, width := range []int{60, 80, 100, 200} {
			for kind, style := range styles {
				if (kind == "quiet" || kind == "detail") && width != 80 || name == "every-port" && (kind != "plain" || width%100 == 0) {
					continue
				}
				style.Width = width
				t.Run(fmt.Sprintf("%s-%s-%d", name, kind, width), func(t *testing.T) {
					var b bytes.Buffer
					if err := page.Table(&b, doc, style); err != nil {
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
	doc := report.NewView(run(probe.TargetRun{Target: target("h", 443), Results: []probe.Result{result(0, p, closed)}}), services.New(), "test")
	if err := page.Table(&b, doc, page.Style{}); err != nil || !bytes.Contains(b.Bytes(), []byte(" 31 ms ")) {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// The picture ends at the server, which is no device on the way, whether or not it answered the walk.
func TestPictureEndsAtTheServer(t *testing.T) {
	hop1 := timeExceeded(1, "10.1.0.1", ms)
	p := refused(server, client, 2001)
	p.Walk = walk(server, 2001, hop1, evidence.Hop{TTL: 2, Tries: 2})
	v := closed
	v.Where = &verdict.Where{Party: verdict.Server, Hop: 2, Address: ip(server), Confidence: verdict.Certain}
	r := run(probe.TargetRun{Target: target("h", 2001), Results: []probe.Result{result(0, p, v)}, Hosts: map[netip.Addr]*evidence.Host{
		ip(server): {Addr: ip(server), Reference: walk(server, 443, hop1, evidence.Hop{TTL: 2, End: evidence.Connected})}}})
	var b bytes.Buffer
	err := page.Table(&b, report.NewView(r, services.New(), "test"), page.Style{})
	if !bytes.Contains(b.Bytes(), []byte("this computer -> hop 1 10.1.0.1 -> X refused by h")) {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// Silence close to the server may be the last router's: nothing says that it is the server's.
func TestSilenceAtTheServerIsHedged(t *testing.T) {
	p := silent(server, client, 25)
	p.Walk = walk(server, 25, timeExceeded(1, "10.1.0.1", ms), evidence.Hop{TTL: 2, Tries: 2})
	v := drop2
	v.Where = &verdict.Where{Party: verdict.Server, Hop: 1, Address: ip("10.1.0.1"), OrNext: true, Confidence: verdict.Possible}
	r := run(probe.TargetRun{Target: target("h", 25), Results: []probe.Result{result(0, p, v)}, Hosts: map[netip.Addr]*evidence.Host{ip(server): {Addr: ip(server)}}})
	var b bytes.Buffer
	err := page.Table(&b, report.NewView(r, services.New(), "test"), page.Style{})
	text := strings.Join(strings.Fields(b.String()), " ")
	if !strings.Contains(text, "X stops at or just before h") || strings.Count(text, "at or just before the server") < 1 || strings.Contains(text, "dropped at the server") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
