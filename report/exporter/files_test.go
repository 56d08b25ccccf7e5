package exporter

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// command runs a program that the machine may lack.
func command(t *testing.T, stdin []byte, dir, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(stdin))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// put writes a printed file into a folder.
func put(t *testing.T, dir, name, as string, replace ...string) string {
	t.Helper()
	text, err := File(name)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, as)
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPrometheusFiles: Prometheus' own tool reads the rules and the scrape configuration, and the alerts fire for what they are for.
func TestPrometheusFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "rules", "whyport.rules.yml")
	config := put(t, dir, "scrape-config", "prometheus.yml")
	if out, err := command(t, nil, dir, "promtool", "check", "config", config); err != nil {
		t.Error(out)
	}
	text, err := os.ReadFile("testdata/rules_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	cases := filepath.Join(dir, "rules_test.yml")
	if err := os.WriteFile(cases, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, nil, dir, "promtool", "test", "rules", cases); err != nil {
		t.Error(out)
	}
}

// TestSystemdUnit: systemd knows every line, and finds the service well confined.
func TestSystemdUnit(t *testing.T) {
	unit := put(t, t.TempDir(), "systemd", "whyport-exporter.service", "/usr/local/bin/whyport", "/bin/true")
	out, err := command(t, nil, "", "systemd-analyze", "verify", "--man=no", unit)
	if err != nil || strings.Contains(out, "whyport-exporter.service") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command(t, nil, "", "systemd-analyze", "security", "--offline=true", "--threshold=20", unit); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestSchemas: the manifests have only fields that Kubernetes knows, and the dashboard those of Grafana.
func TestSchemas(t *testing.T) {
	check := filepath.Join(t.TempDir(), "schemas")
	if out, err := command(t, nil, "testdata/schemas", "go", "build", "-o", check, "."); err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatal(out)
		}
		t.Skip("the schemas' modules can't be had: ", out)
	}
	for name, want := range map[string]string{"kubernetes": "5 objects\n", "dashboard": "12 panels\n"} {
		text, err := File(name)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := command(t, text, "", check, name); err != nil || out != want {
			t.Errorf("%s: %v %s", name, err, out)
		}
		wrong := strings.NewReplacer("containers:", "container:", `"panels"`, `"pannels"`).Replace(string(text))
		if out, err := command(t, []byte(wrong), "", check, name); err == nil {
			t.Errorf("%s: a field that there is not: %s", name, out)
		}
	}
}
