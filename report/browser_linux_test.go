package report_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is a Chromium without a window that is driven over a pipe (Chrome DevTools Protocol).
type browser struct {
	t       *testing.T
	out     *os.File
	in      *bufio.Reader
	id      int
	session string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("WHYPORT_TEST_NOSKIP") != "" {
			t.Fatal(err)
		}
		t.Skip("chromium is not installed")
	}
	theirIn, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	c := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
		"--disable-component-update", "--no-first-run", "--user-data-dir="+home, "--remote-debugging-pipe", "about:blank")
	c.Env = append(os.Environ(), "HOME="+home)
	c.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	timer := time.AfterFunc(2*time.Minute, func() { c.Process.Kill() })
	b := &browser{t: t, out: out, in: bufio.NewReader(in)}
	t.Cleanup(func() {
		timer.Stop()
		b.session = ""
		b.send("Browser.close", nil)
		c.Wait()
		out.Close()
		in.Close()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	return b
}

func (b *browser) send(method string, params any) {
	b.id++
	text, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params,omitempty"`
		Session string `json:"sessionId,omitempty"`
	}{b.id, method, params, b.session})
	if err == nil {
		_, err = b.out.Write(append(text, 0))
	}
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
}

// call waits for the answer; events in between are dropped.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.send(method, params)
	for {
		text, err := b.in.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var m struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
			b.t.Fatal(err)
		}
		if m.ID != b.id {
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				b.t.Fatalf("%s: %v in %s", method, err, m.Result)
			}
		}
		return
	}
}

func (b *browser) open(file string) {
	b.call("Page.enable", nil, nil)
	b.call("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for range 100 {
		if b.value("document.readyState + document.title") != "complete" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// value is what an expression is in the page, as text.
func (b *browser) value(expression string) string {
	var r struct{ Result struct{ Value any } }
	b.call("Runtime.evaluate", map[string]any{"expression": expression}, &r)
	return fmt.Sprint(r.Result.Value)
}

func (b *browser) look(width int, theme string) {
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": theme}}}, nil)
}

// TestHTMLInABrowser: the page fits narrow and wide windows, has a dark form, prints, and is read out in the right order.
func TestHTMLInABrowser(t *testing.T) {
	b := newBrowser(t)
	file := filepath.Join(t.TempDir(), "report.html")
	for _, sample := range []string{"iproject", "families", "certificates", "every-port"} {
		text, _ := inFormat(t, "html", samples()[sample]())
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.open(file)
		for _, width := range []int{400, 1400} {
			for _, theme := range []string{"light", "dark"} {
				b.look(width, theme)
				if over := b.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"); over != "0" {
					t.Errorf("%s: %s pixels too wide in a window of %d", sample, over, width)
				}
				if back := b.background(); (back < 0x8000) != (theme == "dark") {
					t.Errorf("%s, %s: the background is %x", sample, theme, back)
				}
				if word := b.value(brokenWord); width == 1400 && word != "" {
					t.Errorf("%s: the word %q is broken in a window of %d", sample, word, width)
				}
			}
		}
	}
	text, _ := inFormat(t, "html", iproject())
	os.WriteFile(file, []byte(text), 0o600)
	b.open(file)
	var pdf struct{ Data []byte }
	b.call("Page.printToPDF", nil, &pdf)
	if !bytes.HasPrefix(pdf.Data, []byte("%PDF-")) || len(pdf.Data) < 10_000 {
		t.Errorf("a PDF of %d bytes", len(pdf.Data))
	}
	b.look(700, "dark")
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print", "features": dark}, nil)
	if back := b.background(); back < 0x8000 {
		t.Errorf("on paper, whose ink can't be light, the background is %x", back)
	}
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": ""}, nil)
	for _, width := range []int{400, 1400} {
		b.look(width, "light")
		b.readOut(width)
	}
}

var dark = []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}

// brokenWord is a word of a table's cell that goes on in the next line, where there is one; addresses and sentences may.
const brokenWord = `[...document.querySelectorAll("td:not([data-label=Why])")].map(cell => {
	const text = cell.firstChild;
	for (const word of (text && text.nodeType == 3 ? text.data : "").matchAll(/[a-z0-9.]+/g)) {
		const range = document.createRange();
		range.setStart(text, word.index);
		range.setEnd(text, word.index + word[0].length);
		if (range.getClientRects().length > 1) return word[0];
	}
	return "";
}).join("")`

// background is the red part of the right upper corner of the screenshot, of 0xffff.
func (b *browser) background() uint32 {
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", nil, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	red, _, _, _ := picture.At(picture.Bounds().Max.X-3, 2).RGBA()
	return red
}

// readOut checks names and order of what a screen reader gets.
func (b *browser) readOut(width int) {
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value string }
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	at := 0
	want := []string{"heading server.example: 1 of 5 ports usable: 443", "heading server.example", "table Ports at 203.0.113.7", "heading Ports 20, 80: filtered",
		"image The way to server.example: stops here or at the next device"}
	cells := 0
	var heard []string
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		line := n.Role.Value + " " + n.Name.Value
		heard = append(heard, line)
		if n.Role.Value == "cell" {
			cells++
		}
		if at < len(want) && strings.HasPrefix(line, want[at]) {
			at++
		}
	}
	if at < len(want) || cells != 30 {
		b.t.Errorf("%d pixels: no %q, %d cells in\n%s", width, want[min(at, len(want)-1)], cells, strings.Join(heard, "\n"))
	}
}
