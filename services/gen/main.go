// Command gen packs IANA's registry of service names and port numbers into the table that package
// services embeds (its layout: services/table.go).
//
// The source, kept beside this file, is the registry as IANA publishes it, gzipped:
// https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xml
// (CC0 1.0, https://www.iana.org/help/licensing-terms). To update it, fetch that address, gzip it
// over the kept file and run: go generate ./services
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	in := flag.String("in", "gen/service-names-port-numbers.xml.gz", "the registry, .xml or .xml.gz")
	out := flag.String("out", "iana.bin", "the table to write")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	table, err := generate(in)
	if err != nil {
		return err
	}
	return os.WriteFile(out, table, 0o644)
}

func generate(in string) ([]byte, error) {
	rows, err := readRegistry(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in, err)
	}
	return pack(rows)
}
