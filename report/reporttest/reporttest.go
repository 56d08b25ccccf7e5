// Package reporttest holds what tests of other packages need to check a report.
package reporttest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"whyport/report"
)

// Validate fails the test if data is not one JSON object that the schema of the JSON report allows, or not ASCII.
func Validate(t testing.TB, data []byte) {
	t.Helper()
	validate(t, data, compiled(t, false))
}

// ValidateLines fails the test if any line is not what the schema of NDJSON allows.
func ValidateLines(t testing.TB, data []byte) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	schema := compiled(t, true)
	for _, line := range lines {
		validate(t, line, schema)
	}
}

func validate(t testing.TB, data []byte, schema *jsonschema.Schema) {
	t.Helper()
	if bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x7f || r < 0x20 && r != '\n' && r != '\r' }) {
		t.Errorf("JSON is not plain ASCII: %q", cut(data))
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Errorf("not one JSON value: %v\n%s", err, cut(data))
		return
	}
	if err := schema.Validate(instance); err != nil {
		t.Errorf("JSON breaks the schema: %v\n%s", err, cut(data))
	}
}

// compiled compiles the schema at each call: tests that share it would share its state.
func compiled(t testing.TB, line bool) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	const base = "https://whyport.invalid/schema/"
	for name, text := range map[string][]byte{"report-1.json": report.Schema(), "report-line-1.json": report.LineSchema()} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = c.AddResource(base+name, doc)
		}
		if err != nil {
			t.Fatalf("schema %s: %v", name, err)
		}
	}
	name := "report-1.json"
	if line {
		name = "report-line-1.json"
	}
	s, err := c.Compile(base + name)
	if err != nil {
		t.Fatalf("schema %s: %v", name, err)
	}
	return s
}

func cut(data []byte) []byte {
	return data[:min(len(data), 3000)]
}
