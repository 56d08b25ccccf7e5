package report_test

import (
	"io"
	"testing"

	"whyport/report"
	"whyport/services"
)

// BenchmarkEveryPort is the report of a run over 65,535 ports.
func BenchmarkEveryPort(b *testing.B) {
	r := everyPort()
	names := services.New()
	for b.Loop() {
		if err := report.Table(io.Discard, report.Build(r, names, "test"), report.Style{}); err != nil {
			b.Fatal(err)
		}
	}
}
