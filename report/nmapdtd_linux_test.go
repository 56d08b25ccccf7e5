package report_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whyport/probe"
)

// nmapDTD is the DTD of an nmap that is installed: it is under nmap's own licence and so no part of this project. NMAPDIR is where
// nmap looks for its files first (its manual, "Files").
func nmapDTD() string {
	for _, dir := range []string{os.Getenv("NMAPDIR"), "/usr/share/nmap", "/usr/local/share/nmap"} {
		if file := filepath.Join(dir, "nmap.dtd"); dir != "" && exists(file) {
			return file
		}
	}
	return ""
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// TestNmapDTD: libxml2 finds every kind of report valid by nmap's own DTD, and one with an element too many not.
func TestNmapDTD(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	dtd := nmapDTD()
	if err != nil || dtd == "" {
		t.Skip("xmllint (libxml2-utils) or nmap.dtd (nmap) is not installed")
	}
	file := filepath.Join(t.TempDir(), "report.xml")
	valid := func(text string) (string, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), xmllint, "--nonet", "--noout", "--dtdvalid", dtd, file).CombinedOutput()
		return string(out), err
	}
	all := samples()
	all["bulk"], all["hostile"], all["large"] = func() *probe.Run { return bulk() }, func() *probe.Run { return hostile() }, func() *probe.Run { return bulkOf(60000) }
	for name, sample := range all {
		text, _ := inFormat(t, "nmap-xml", sample())
		if out, err := valid(text); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	text, _ := inFormat(t, "nmap-xml", iproject())
	for _, broken := range []string{strings.Replace(text, "<runstats>", "<runstats><verdict/>", 1), strings.Replace(text, ` portid="`, ` number="`, 1)} {
		if broken == text {
			t.Fatal("nothing was broken")
		}
		if out, err := valid(broken); err == nil || !slices.ContainsFunc([]string{"verdict", "number"}, func(s string) bool { return strings.Contains(out, s) }) {
			t.Errorf("a file that is not valid passes: %v %s", err, out)
		}
	}
}
