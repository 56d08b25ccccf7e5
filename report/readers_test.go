package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"

	"whyport/probe"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/services"
)

// inFormat is a whole run in one of the formats for a reader of UTF-8, with the exit code.
func inFormat(t testing.TB, name string, r *probe.Run) (string, int) {
	t.Helper()
	var b bytes.Buffer
	w := &format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Tool: "test", Style: page.Style{UTF8: true}}
	w.Begin(&probe.Plan{}, func(err error) { t.Error(err) })
	if err := w.Finish(r); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.ExitCode(r)
}

// Every format of the same fixed reports.
func TestFormatGolden(t *testing.T) {
	for _, name := range []string{"text", "jira", "html", "junit", "nmap-xml", "prometheus", "nagios"} {
		for _, sample := range []string{"iproject", "families", "not-found"} {
			text, _ := inFormat(t, name, samples()[sample]())
			golden(t, sample+"."+name, []byte(text))
		}
	}
}

// A large run is summed up: its size does not grow with the ports.
func TestLargeRunsStaySmall(t *testing.T) {
	for _, name := range []string{"text", "jira", "html", "markdown", "junit", "nmap-xml", "prometheus", "nagios"} {
		text, _ := inFormat(t, name, bulkOf(60000))
		if len(text) > 20_000 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if !strings.Contains(text, "443") {
			t.Errorf("%s does not have the port that is open", name)
		}
	}
}

// Markdown renders in both dialects as a list whose items have what belongs to them below them, and shows no entity.
func TestMarkdownRenders(t *testing.T) {
	text, _ := inFormat(t, "markdown", iproject())
	if strings.Contains(text, "&gt;") {
		t.Errorf("-&gt; in %s", text)
	}
	for name, md := range map[string]goldmark.Markdown{"CommonMark": goldmark.New(), "GFM": goldmark.New(goldmark.WithExtensions(extension.GFM))} {
		var b bytes.Buffer
		if err := md.Convert([]byte(text), &b); err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		var nested []string
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && n.Data == "li" && n.Parent.Parent.Data == "li" {
				nested = append(nested, textOf(n))
			}
		}
		if len(nested) != 4 || !strings.HasPrefix(nested[0], "Path: this computer → hop 1 10.1.0.1 → ") || strings.Contains(nested[1], "Path") {
			t.Errorf("%s: items within items: %q", name, nested)
		}
		if tables := count(root, "table"); (tables == 1) != (name == "GFM") {
			t.Errorf("%s: %d tables", name, tables)
		}
		if first := textOf(root); !strings.Contains(first[:200], "1 of 5 ports usable: 443") {
			t.Errorf("%s begins %q", name, first[:200])
		}
	}
}

// Foreign text stays text: no link, no mention, no picture, no heading.
func TestForeignTextStaysTextInMarkdown(t *testing.T) {
	for _, evil := range []string{"https://evil.example/x", "www.evil.example", "a@evil.example", "[x](javascript:1)", "<img src=x>", "# big", "> quote",
		"- item", "---", "![x](y)", "**b**", "`code`", "&copy;", "| a | b |"} {
		r := iproject()
		r.Targets[0].Target.Input = evil
		text, _ := inFormat(t, "markdown", r)
		var b bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(text), &b); err != nil {
			t.Fatal(err)
		}
		root, _ := html.Parse(&b)
		if count(root, "a")+count(root, "img")+count(root, "blockquote")+count(root, "code")+count(root, "h1")+count(root, "hr") > 0 {
			t.Errorf("%q became markup", evil)
		}
		if title := strings.ReplaceAll(textOf(first(root, "h2")), "\u200b", ""); title != evil {
			t.Errorf("%q reads %q", evil, title)
		}
	}
}

// Jira's markup is escaped, checked against its notation: what is left after its escapes are taken away is the text.
func TestForeignTextStaysTextInJira(t *testing.T) {
	unescape := regexp.MustCompile(`\\([{}\[\]|!*_?~^+@#()/-])`)
	for _, evil := range []string{"{code}", "[x|http://evil.example]", "!pic.png!", "*b*", "-x-", "||h||", "a\\\\b", "(x)", ":)", "{{m}}", "^s^", "h1. x"} {
		r := iproject()
		r.Targets[0].Target.Input = evil
		text, _ := inFormat(t, "jira", r)
		title, _, _ := strings.Cut(strings.TrimPrefix(text, "h2. "), "\n")
		for _, special := range []string{"{", "[", "|", "!", "*", "^"} {
			if strings.Contains(strings.ReplaceAll(title, `\`+special, ""), special) {
				t.Errorf("%q in %q is not escaped", special, title)
			}
		}
		if got := strings.ReplaceAll(unescape.ReplaceAllString(title, "$1"), "&#92;", `\`); got != evil {
			t.Errorf("%q reads %q", evil, got)
		}
	}
}

func count(n *html.Node, name string) (found int) {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == name {
			found++
		}
	}
	return found
}

func first(n *html.Node, name string) *html.Node {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && c.Data == name {
			return c
		}
	}
	return &html.Node{}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// The page has no scripts and nothing from elsewhere; its order is answer, table, explanations.
func TestHTML(t *testing.T) {
	text, _ := inFormat(t, "html", iproject())
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"script", "img", "iframe", "link", "object", "embed", "form"}, n.Data) {
			t.Errorf("<%s> in the page", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s=%q", a.Key, a.Val)
			}
		}
	}
	if h1 := textOf(first(root, "h1")); !strings.HasPrefix(h1, "server.example: 1 of 5 ports usable: 443 (https); 20, 80 are") {
		t.Errorf("the page begins %q", h1)
	}
	if svg, table := count(root, "svg"), count(root, "table"); svg != 3 || table != 1 {
		t.Errorf("%d drawings, %d tables", svg, table)
	}
	if d := count(root, "details"); d != 5 {
		t.Errorf("%d ports with evidence", d)
	}
	for _, want := range []string{"TCP 10.1.0.2:50399 to 203.0.113.7:20, TCP 10.1.0.2:50459 to 203.0.113.7:80; from 2026-01-02 03:04:05.678 UTC, for 2.3 s", "10.1.0.2 on eth0 by gateway 10.1.0.1", "04:04:05 +01:00"} {
		if !strings.Contains(textOf(root), want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Index(text, "<h1") > strings.Index(text, "<table") || strings.Index(text, "<table") > strings.Index(text, "<h4") {
		t.Error("the order is not answer, table, explanations")
	}
}

// The drawing shows a cross where it stops, dashed where that is not certain, and has a name.
func TestDrawing(t *testing.T) {
	text, _ := inFormat(t, "html", iproject())
	root, _ := html.Parse(strings.NewReader(text))
	svg := first(root, "svg")
	if name := attribute(svg, "aria-label"); name != "The way to server.example: stops here or at the next device, behind your network" || attribute(svg, "role") != "img" {
		t.Errorf("name %q", name)
	}
	var nodes, guessed, crosses int
	for n := range svg.Descendants() {
		class := attribute(n, "class")
		switch {
		case n.Data == "circle" && !strings.Contains(class, "ring"):
			nodes++
		case n.Data == "line" && class == "line guess":
			guessed++
		case n.Data == "path":
			crosses++
		}
	}
	if nodes != 4 || guessed != 1 || crosses != 1 {
		t.Errorf("%d nodes, %d lines that are guessed, %d crosses", nodes, guessed, crosses)
	}
	if !strings.Contains(text, `class="ring guess"`) {
		t.Error("a place that is likely is drawn as certain")
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Text has a contrast of 4.5 in both themes (WCAG 2.2, 1.4.3).
func TestHTMLContrast(t *testing.T) {
	text, _ := inFormat(t, "html", iproject())
	themes := regexp.MustCompile(`:root \{([^}]*)\}`).FindAllStringSubmatch(text, -1)
	if len(themes) != 2 {
		t.Fatalf("%d themes", len(themes))
	}
	for _, theme := range themes {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #(\w\w)(\w\w)(\w\w)`).FindAllStringSubmatch(theme[1], -1) {
			l := 0.0
			for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
				v, _ := strconv.ParseUint(m[2+i], 16, 8)
				if c := float64(v) / 255; c <= 0.04045 {
					l += weight * c / 12.92
				} else {
					l += weight * math.Pow((c+0.055)/1.055, 2.4)
				}
			}
			colours[m[1]] = l
		}
		for _, name := range []string{"text", "muted", "good", "bad", "unsure"} {
			a, b := max(colours[name], colours["back"]), min(colours[name], colours["back"])
			if contrast := (a + 0.05) / (b + 0.05); contrast < 4.5 {
				t.Errorf("%s: %.2f in %s", name, contrast, theme[1])
			}
		}
	}
}

// JUnit's report is read as CI servers do: counts fit the cases, and what failed says why.
func TestJUnit(t *testing.T) {
	text, _ := inFormat(t, "junit", iproject())
	var doc struct {
		Tests, Failures, Skipped int `xml:",attr"`
		Suites                   []struct {
			Name      string `xml:"name,attr"`
			Timestamp string `xml:"timestamp,attr"`
			Tests     int    `xml:"tests,attr"`
			Failures  int    `xml:"failures,attr"`
			Cases     []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Type    string `xml:"type,attr"`
				} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	s := doc.Suites[0]
	if s.Name != "server.example" || s.Tests != 5 || s.Failures != 4 || len(s.Cases) != 5 || s.Timestamp != "2026-01-02T03:04:05.678" {
		t.Errorf("%+v", s)
	}
	if f := s.Cases[0].Failure; s.Cases[0].Name != "20 (ftp-data)" || f == nil || f.Type != "no-response" || !strings.Contains(f.Message, "dropped at 10.0.0.1") {
		t.Errorf("%+v", s.Cases[0])
	}
	if s.Cases[2].Failure != nil || s.Cases[2].Skipped != nil {
		t.Error("a usable port is no success")
	}
	text, _ = inFormat(t, "junit", notFound())
	if strings.Contains(text, "<failure") || strings.Count(text, "<skipped") != 2 {
		t.Errorf("what was not tested: %s", text)
	}
}

// element is what Nmap's reference guide says of an element: its attributes, required first, and its children in order.
type element struct {
	required, optional string
	children           string // a regular expression over "name " for each child
}

// nmapElements is written from the description of the XML output, as far as this program writes it.
var nmapElements = map[string]element{
	"nmaprun":      {"scanner version xmloutputversion", "args start startstr profile_name", "(scaninfo )*verbose debugging (host )*runstats "},
	"verbose":      {"", "level", ""},
	"debugging":    {"", "level", ""},
	"host":         {"", "starttime endtime timedout comment", "status address (address |hostnames |ports )*(times )?"},
	"status":       {"state reason reason_ttl", "", ""},
	"address":      {"addr", "addrtype vendor", ""},
	"hostnames":    {"", "", "(hostname )*"},
	"hostname":     {"", "name type", ""},
	"ports":        {"", "", "(extraports )*(port )*"},
	"extraports":   {"state count", "", "(extrareasons )*"},
	"extrareasons": {"reason count", "proto ports", ""},
	"port":         {"protocol portid", "", "state (owner )?(service )?(script )*"},
	"state":        {"state reason reason_ttl", "reason_ip", ""},
	"service":      {"name conf method", "version product extrainfo tunnel", "(cpe )*"},
	"script":       {"id output", "", ""},
	"runstats":     {"", "", "finished hosts "},
	"finished":     {"time", "timestr elapsed summary exit errormsg", ""},
	"hosts":        {"total", "up down", ""},
}

// nmapValues are the attributes with a fixed set of values.
var nmapValues = map[string]string{
	"nmaprun scanner": "nmap", "status state": "up|down|unknown|skipped", "address addrtype": "ipv4|ipv6|mac", "hostname type": "user|PTR",
	"port protocol": "ip|tcp|udp|sctp", "service method": "table|probed", "service conf": "0|3|10|5", "service tunnel": "ssl", "finished exit": "error|success",
}

func TestNmapXML(t *testing.T) {
	for name, sample := range map[string]*probe.Run{"iproject": iproject(), "families": families(), "not found": notFound(), "bulk": bulk(), "hostile": hostile(),
		"network": network()} {
		text, _ := inFormat(t, "nmap-xml", sample)
		if err := validNmap(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, _ := inFormat(t, "nmap-xml", bulk())
	if !strings.Contains(text, `<extraports state="closed" count="2999">`) || !strings.Contains(text, `ports="1-442,444-3000"`) {
		t.Errorf("%.2000s", text)
	}
	for _, broken := range []string{strings.Replace(text, `reason_ttl="0"`, "", 1), strings.Replace(text, `scanner="nmap"`, `scanner="whyport"`, 1)} {
		if validNmap(broken) == nil {
			t.Error("the reader takes everything")
		}
	}
}

func validNmap(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	type open struct{ name, children string }
	stack := []open{{}}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			rule, known := nmapElements[name]
			if !known {
				return fmt.Errorf("<%s> is not known", name)
			}
			have := map[string]bool{}
			for _, a := range e.Attr {
				have[a.Name.Local] = true
				if !slices.Contains(strings.Fields(rule.required+" "+rule.optional), a.Name.Local) {
					return fmt.Errorf("<%s> has no %s", name, a.Name.Local)
				}
				if values := nmapValues[name+" "+a.Name.Local]; values != "" && !slices.Contains(strings.Split(values, "|"), a.Value) {
					return fmt.Errorf("<%s> %s=%q", name, a.Name.Local, a.Value)
				}
			}
			for need := range strings.FieldsSeq(rule.required) {
				if !have[need] {
					return fmt.Errorf("<%s> without %s", name, need)
				}
			}
			stack[len(stack)-1].children += name + " "
			stack = append(stack, open{name: name})
		case xml.EndElement:
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !regexp.MustCompile("^(" + nmapElements[top.name].children + ")$").MatchString(top.children) {
				return fmt.Errorf("<%s> has %s", top.name, top.children)
			}
		case xml.CharData:
			if strings.TrimSpace(string(e)) != "" {
				return fmt.Errorf("text %q", e)
			}
		}
	}
}

// Prometheus' own parser reads the metrics; a port that was not established is neither usable nor not.
func TestPrometheus(t *testing.T) {
	for name, sample := range map[string]*probe.Run{"iproject": iproject(), "not found": notFound(), "hostile": hostile(), "bulk": bulk(), "certificates": certificates()} {
		text, _ := inFormat(t, "prometheus", sample)
		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		usable := map[float64]int{}
		unknown := 0
		for _, m := range families["whyport_port_usable"].GetMetric() {
			if v := m.GetGauge().GetValue(); math.IsNaN(v) {
				unknown++
			} else {
				usable[v]++
			}
		}
		switch name {
		case "iproject":
			if usable[1] != 1 || usable[0] != 4 || families["whyport_requirement_met"].GetMetric()[0].GetGauge().GetValue() != 1 {
				t.Errorf("%v", usable)
			}
			if got := families["whyport_port_answer_seconds"].GetMetric(); len(got) != 3 {
				t.Errorf("%d times", len(got))
			}
			if !strings.Contains(text, `reason="no-response"`) {
				t.Error("no reason label")
			}
		case "not found":
			if unknown != 2 || len(usable) != 0 {
				t.Errorf("%d unknown, %v", unknown, usable)
			}
		case "bulk":
			if got := families["whyport_ports"].GetMetric(); len(got) != 1 || got[0].GetGauge().GetValue() != 2999 {
				t.Errorf("%v", got)
			}
		}
	}
}

// One line, performance data behind the only bar, and the plugin's exit code.
func TestNagios(t *testing.T) {
	fine := iproject()
	fine.Targets[0].Results = fine.Targets[0].Results[2:3]
	unmet := silentHost()
	perfdata := regexp.MustCompile(`^usable=\d+;;;0;\d+( '[^'=]+'=[0-9.e-]+s;;;0)*$`)
	for name, c := range map[string]struct {
		run  *probe.Run
		word string
		code int
	}{"fine": {fine, "OK", 0}, "an asked port fails": {iproject(), "WARNING", 1}, "a family fails": {families(), "WARNING", 1},
		"nothing works": {unmet, "CRITICAL", 2}, "not tested": {notFound(), "UNKNOWN", 3}, "hostile": {hostile(), "", -1}, "many": {network(), "CRITICAL", 2}} {
		text, code := inFormat(t, "nagios", c.run)
		if strings.Count(text, "\n") != 1 || strings.Count(text, "|") != 1 {
			t.Errorf("%s: %q", name, text)
			continue
		}
		words, data, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " | ")
		if !perfdata.MatchString(data) {
			t.Errorf("%s: performance data %q", name, data)
		}
		if c.code >= 0 && (code != c.code || !strings.HasPrefix(words, "WHYPORT "+c.word+" - ")) {
			t.Errorf("%s: %d %s", name, code, words)
		}
	}
}

// Text has a labelled sentence for each port, the answer before them, and no line drawing.
func TestText(t *testing.T) {
	text, _ := inFormat(t, "text", iproject())
	if !strings.Contains(text, "\nAnswer: 1 of 5 ports usable: 443 (https); ") || strings.Index(text, "\nAnswer: ") > strings.Index(text, "\nPort 20") {
		t.Errorf("%s", text)
	}
	label := regexp.MustCompile(`^(Report|Target|Answer|Next|Address|Port|Path for|Remark on|What to do for|Note|\d+ ports)\b.*[.]$`)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !label.MatchString(line) {
			t.Errorf("no labelled sentence: %q", line)
		}
	}
	if n := len(regexp.MustCompile(`(?m)^Port \d+`).FindAllString(text, -1)); n != 5 {
		t.Errorf("%d ports", n)
	}
}

// A reader of UTF-8 gets names as they are, one of ASCII gets escapes.
func TestUTF8WhereItCanBeRead(t *testing.T) {
	r := iproject()
	r.Targets[0].Target.Input = "m\u00fcller.example"
	for _, name := range []string{"table", "text", "markdown", "jira", "nagios"} {
		for _, utf8 := range []bool{true, false} {
			var b bytes.Buffer
			w := &format.Writer{Format: format.Find(name), Out: &b, Names: services.New(), Style: page.Style{UTF8: utf8}}
			if err := w.Finish(r); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), "m\u00fcller.example") != utf8 {
				t.Errorf("%s, UTF-8 %v: %.300s", name, utf8, b.String())
			}
			if !utf8 && strings.ContainsFunc(b.String(), func(r rune) bool { return r > 0x7e }) {
				t.Errorf("%s is not ASCII", name)
			}
		}
	}
}
