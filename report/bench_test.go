package report_test

import (
	"io"
	"testing"

	"whyport/report"
	"whyport/report/page"
	"whyport/services"
)

// BenchmarkEveryPort is the report of a run over 65,535 ports.
func BenchmarkEveryPort(b *testing.B) {
	r := everyPort()
	names := services.New()
	for b.Loop() {
		if err := page.Table(io.Discard, report.NewView(r, names, "test"), page.Style{}); err != nil {
			b.Fatal(err)
		}
	}
}
