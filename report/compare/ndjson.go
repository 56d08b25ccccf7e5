package compare

import (
	"encoding/json"
	"io"
)

// The lines of NDJSON: one for each run, one for each port in each run, and a summary.
type (
	runLine struct {
		Type string `json:"type"` // run
		Run
	}
	portLine struct {
		Type     string `json:"type"` // port
		Run      string `json:"run"`
		Host     string `json:"host"`
		Port     uint16 `json:"port"`
		Protocol string `json:"protocol"`
		Alike    bool   `json:"alike"` // in all runs
		Tested   bool   `json:"tested"`
		*Cell
	}
	summaryLine struct {
		Type   string `json:"type"` // summary
		Alike  bool   `json:"alike"`
		Answer string `json:"answer"`
	}
)

func (c *Comparison) ndjson(w io.Writer, answer string) error {
	e := json.NewEncoder(w)
	for _, r := range c.Runs {
		if err := e.Encode(runLine{"run", r}); err != nil {
			return err
		}
	}
	for _, r := range c.Ports {
		for i, cell := range r.Cells {
			line := portLine{"port", c.Runs[i].Name, r.Host, r.Port, r.Protocol, r.Alike, cell != nil && !cell.missing, cell}
			if err := e.Encode(line); err != nil {
				return err
			}
		}
	}
	return e.Encode(summaryLine{"summary", c.Alike, answer})
}
