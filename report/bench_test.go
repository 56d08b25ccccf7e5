package report_test

import (
	"io"
	"testing"

	"whyport/report"
	"whyport/report/format"
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

// BenchmarkBulk is the report of a run over 65,535 ports that share a verdict, in each format.
func BenchmarkBulk(b *testing.B) {
	r := bulkOf(65535)
	for _, name := range format.Names() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(int64(len(written(b, name, r))))
			}
		})
	}
}
