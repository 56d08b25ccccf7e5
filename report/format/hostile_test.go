package format_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/csv"
	"math/big"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/simnet"
	"whyport/probe/verdict"
	"whyport/report/format"
	"whyport/report/page"
	"whyport/report/reporttest"
	"whyport/services"
)

const (
	hostileRuns  = 25
	hostilePorts = 80 // of a run: more are a large run, which hears less of each
)

// hostileWords are what a server begins with, poisons with, or says where it should not.
var hostileWords = []string{
	"SSH-2.0-", "220 mail ESMTP ", "220 FTP ready", "250-", "250 STARTTLS\r\n", "421 ", "530 ", "+OK ", "-ERR ", "* OK ", "* BYE ",
	"RFB 003.008\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 403 Forbidden\r\n", "HTTP/1.1 302 Found\r\nLocation: http://", "Server: ",
	"Via: 1.1 ", "Content-Length: 9\r\n\r\n", "\r\n", "\n", "\x00", "\xff\xfd\x18", "\x4a\x00\x00\x00\x0a8.0\x00",
	"\x45\x00\x00\x00\xff\x6a\x04", "E\x00\x00\x00\x20SFATAL\x00", "S", "N", "<stream:stream><stream:features><starttls/>",
	"<proceed/>", "0\x84\x7f\xff\xff\xff", "\x03\x00\x00\x13\x0e\xd0\x00\x00\x124\x00\x02\x1f\x08\x00\x01\x00\x00\x00",
	"\x1b]0;owned\x07\x1b[2J\x1b[31m", "=cmd|' /C calc'!A0", "\u202egnp.exe\u2066", "\xff\xfe\u0085\x9b31m",
	"<script>alert(1)</script>", "|`[x](javascript:1)", ";=1+1\t@SUM(A1)", "\u3164\u2800\u034f\ufe0f", "@everyone {code} *b* _i_",
	"227 Entering Passive Mode (10,0,0,1,255,255)\r\n", "\x15\x03\x03\x00\x02\x02\x28", "\x16\x03\x03\x00\x04\x02\x00\x10\x00",
}

// hostileDialogue is what one server does, of random steps that make some sense more often than none.
func hostileDialogue(r *rand.Rand) (d simnet.Dialogue) {
	for range 1 + r.IntN(12) {
		step := byte(r.IntN(simnet.Steps))
		switch n := r.IntN(8); {
		case n < 3:
			step = simnet.StepSay
		case n == 3:
			step = simnet.StepHear
		}
		d = append(d, step)
		switch step {
		case simnet.StepSay:
			text := hostileWords[r.IntN(len(hostileWords))] + hostileWords[r.IntN(len(hostileWords))]
			d = append(append(d, byte(len(text))), text...)
		case simnet.StepSleep:
			d = append(d, byte(r.IntN(12)))
		case simnet.StepLong:
			d = append(d, "A\x00\n220"[r.IntN(6)], byte(r.IntN(17)))
		case simnet.StepRepeat:
			d = append(d, byte(r.IntN(8)), byte(r.IntN(50)))
		case simnet.StepRecord:
			body := make([]byte, r.IntN(60))
			for i := range body {
				body[i] = byte(r.Uint32())
			}
			d = append(append(d, byte(20+r.IntN(5)), byte(r.IntN(5)), byte(r.IntN(3)*r.IntN(64)), byte(len(body))), body...)
		}
	}
	return d
}

// TestSeededHostileServers runs the engine against 2,000 servers of random behaviour in a simulated network, and every report in
// every format: it ends in its time, is well formed, holds nothing raw and is of bounded length; nothing is left running.
func TestSeededHostileServers(t *testing.T) {
	config := hostileTLS(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	goroutines, begun, states := runtime.NumGoroutine(), time.Now(), map[string]int{}
	runs := hostileRuns
	if testing.Short() {
		runs = 4
	}
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) { hostileRun(t, uint64(seed), config, states) })
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("%d MB are kept", grown>>20)
	}
	if left := runtime.NumGoroutine(); left > goroutines {
		t.Errorf("%d goroutines, %d before", left, goroutines)
	}
	if len(states) < 2 {
		t.Errorf("too tame: %v", states)
	}
	t.Logf("%v in %v", states, time.Since(begun).Round(time.Millisecond))
}

func hostileRun(t *testing.T, seed uint64, config *tls.Config, states map[string]int) {
	s, err := simnet.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 16))
	usual := []uint16{
		21, 22, 25, 80, 110, 119, 143, 389, 443, 465, 587, 636, 993, 995, 1433, 3306, 3389, 4190, 5222, 5432, 5900, 6379, 8080, 8443,
	}
	target := probe.Target{Input: s.Target(4).String(), Host: s.Target(4).String(), Addr: s.Target(4), ServerName: "a.test"}
	group := verdict.Group{Mode: verdict.Any}
	for i := range hostilePorts {
		port := uint16(10000 + i)
		if i < len(usual) {
			port = usual[i]
		}
		s.Net.Listen(port, hostileDialogue(r).Server(config))
		target.Candidates = append(target.Candidates, probe.Candidate{Port: port, Protocol: evidence.TCP})
		group.Members = append(group.Members, i)
	}
	target.Requirement = verdict.Requirement{Mode: verdict.Any, Groups: []verdict.Group{group}}
	plan := probe.Plan{Targets: []probe.Target{target}, Options: probe.Options{
		Network: s.Net, NoNames: true, Timeout: 5 * time.Second, TLS: []probe.TLSMode{probe.TLSAuto, probe.TLSAlways}[seed%2],
		System: x509.NewCertPool(), Public: x509.NewCertPool(),
	}}
	writers, out := make([]format.Writer, 0, 8), make([]bytes.Buffer, len(format.Formats()))
	for i, f := range format.Formats() {
		w := format.Writer{Format: f, Out: &out[i], Names: services.New(), Tool: "test", Style: page.Style{Width: 100, Verbose: true}}
		w.Begin(&plan, func(err error) { t.Error(err) })
		writers = append(writers, w)
	}
	run := probe.Execute(t.Context(), plan, probe.Hooks{Result: func(r probe.Result) {
		states[string(r.Verdict.State)+" "+r.Verdict.Rule]++
		for i := range writers {
			if err := writers[i].Add(r); err != nil {
				t.Error(err)
			}
		}
	}})
	if run.Elapsed > 30*time.Second { // of virtual time: timeout, looks at the way, busy servers' second chance
		t.Errorf("seed %d: took %v", seed, run.Elapsed)
	}
	for i := range writers {
		if err := writers[i].Finish(run); err != nil {
			t.Error(err)
		}
		checkHostile(t, seed, writers[i].Format.Name, out[i].Bytes())
	}
	time.Sleep(24 * time.Hour) // servers hear of the end, whatever they sleep before
}

// rawControl is what no format lets through, beside line ends.
var rawControl = regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f\x{80}-\x{9f}\x{034f}\x{200b}-\x{200f}\x{202a}-\x{202e}` +
	`\x{2060}-\x{2069}\x{2800}\x{3164}\x{fe00}-\x{fe0f}]`)

func checkHostile(t *testing.T, seed uint64, name string, text []byte) {
	t.Helper()
	if len(text) < 100 || len(text) > 8000*hostilePorts {
		t.Errorf("seed %d, %s: %d bytes", seed, name, len(text))
	}
	if !utf8.Valid(text) {
		t.Errorf("seed %d, %s: no UTF-8", seed, name)
	}
	flat := string(text)
	switch name {
	case format.JSON:
		reporttest.Validate(t, text)
	case "ndjson":
		reporttest.ValidateLines(t, text)
	case "csv":
		flat = strings.ReplaceAll(flat, "\r\n", "\n")
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil || len(rows) != hostilePorts+1 {
			t.Errorf("seed %d: %d rows, %v", seed, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t;", rune(cell[0])) {
					t.Errorf("seed %d: a cell is a formula: %q", seed, cell)
				}
			}
		}
	case "markdown":
		if strings.Contains(flat, "<script>") {
			t.Errorf("seed %d: HTML", seed)
		}
	}
	if name == "markdown" {
		flat = strings.ReplaceAll(flat, "\u200b", "") // defuses mentions
	}
	if raw := rawControl.FindAllString(flat, 3); raw != nil {
		t.Errorf("seed %d, %s: raw %q", seed, name, raw)
	}
}

// hostileTLS is a certificate with poison in its names, valid in a test's virtual time, which begins in 2000.
func hostileTLS(t *testing.T) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	poison := "a\x1b[2J\u202e=1+1|<script>"
	c := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: poison, Organization: []string{poison}},
		DNSNames:  []string{"a.test", "*.b.test"},
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(crand.Reader, &c, &c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
