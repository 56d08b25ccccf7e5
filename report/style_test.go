package report_test

import (
	"bytes"
	"testing"

	"whyport/report/page"
)

func TestStyleOfAPipe(t *testing.T) {
	for name, c := range map[string]struct {
		env   map[string]string
		color string
		want  page.Style
	}{
		"nothing set":          {nil, "auto", page.Style{UTF8: true, Width: 100}},
		"forced":               {map[string]string{"CLICOLOR_FORCE": "1"}, "auto", page.Style{UTF8: true, Width: 100, Color: true}},
		"not forced":           {map[string]string{"CLICOLOR_FORCE": "0"}, "auto", page.Style{UTF8: true, Width: 100}},
		"NO_COLOR wins":        {map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, "auto", page.Style{UTF8: true, Width: 100}},
		"empty NO_COLOR":       {map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": ""}, "auto", page.Style{UTF8: true, Width: 100, Color: true}},
		"the flag wins":        {map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, "always", page.Style{UTF8: true, Width: 100, Color: true}},
		"never":                {map[string]string{"CLICOLOR_FORCE": "1"}, "never", page.Style{UTF8: true, Width: 100}},
		"columns":              {map[string]string{"COLUMNS": "72"}, "auto", page.Style{UTF8: true, Width: 72}},
		"strange columns":      {map[string]string{"COLUMNS": "-3"}, "auto", page.Style{UTF8: true, Width: 100}},
		"UTF-8, yet no screen": {map[string]string{"LANG": "en_US.UTF-8"}, "auto", page.Style{UTF8: true, Width: 100}},
	} {
		env := func(k string) (string, bool) { v, ok := c.env[k]; return v, ok }
		if got := page.DetectStyle(&bytes.Buffer{}, env, c.color); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
