package bundle

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestBundle(t *testing.T) {
	t.Setenv("https_proxy", "http://anna:s3cret@proxy.corp.example:8080")
	t.Setenv("HTTP_PROXY", "anna:s3cret@proxy.corp.example:8080")
	var b bytes.Buffer
	report := File{"report.txt", func(w io.Writer) error { _, err := io.WriteString(w, "the report"); return err }}
	hide := func(s string) string { return strings.ReplaceAll(s, "corp.example", "domain-1.invalid") }
	if err := Write(t.Context(), &b, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), []File{report}, hide); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		found[f.Name] = string(text)
		if strings.Contains(string(text), "s3cret") || strings.Contains(string(text), "corp.example") {
			t.Errorf("%s leaks: %s", f.Name, text)
		}
		if len(text) == 0 {
			t.Errorf("%s is empty", f.Name)
		}
	}
	for _, name := range []string{"report.txt", "routes.txt", "resolvers.txt", "clock.txt", "proxy.txt"} {
		if found[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	if want := "https_proxy=http://***@proxy.domain-1.invalid:8080\n"; !strings.Contains(found["proxy.txt"], want) {
		t.Errorf("proxy.txt is %q", found["proxy.txt"])
	}
}
