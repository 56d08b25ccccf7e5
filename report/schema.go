package report

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

//go:embed schema_line.json
var lineSchema []byte

// Schema is the JSON Schema (2020-12) of the JSON report.
func Schema() []byte { return slices.Clone(schema) }

// LineSchema is the JSON Schema of one line of NDJSON; it refers to Schema by its $id.
func LineSchema() []byte { return slices.Clone(lineSchema) }
