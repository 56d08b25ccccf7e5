package remote

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// took is what a stream makes of output that comes in pieces of a size.
func took(output []byte, size int) (lines, words []string, s *stream) {
	s = &stream{nonce: "n", line: func(b []byte) { lines = append(lines, string(b)) },
		said: func(word, behind string) { words = append(words, word+" "+behind) }}
	for len(output) > 0 {
		n := min(size, len(output))
		if _, err := s.Write(output[:n]); err != nil {
			break
		}
		output = output[n:]
	}
	return lines, words, s
}

// TestHostileOutput: whatever a host says, what is read is bounded, and is between the script's own words.
func TestHostileOutput(t *testing.T) {
	const begins, ends = "whyport-run n /usr/bin/whyport\n", "whyport-end n 0\n"
	giant := strings.Repeat("x", mostLine+1)
	for name, c := range map[string]struct {
		output  string
		lines   int
		tooMuch bool
		ended   bool
	}{
		"as usual":             {begins + "{}\n{}\n" + ends, 2, false, true},
		"a banner before":      {"Welcome to oslo\n{\"type\":\"run\"}\n" + begins + "{}\n" + ends, 1, false, true},
		"a banner without end": {strings.Repeat("hello\n", mostNoise/6+1) + begins, 0, true, false},
		"a giant line":         {begins + giant + "\n" + ends, 0, true, false},
		"a giant first line":   {giant, 0, true, false},
		"output without end":   {begins + strings.Repeat(strings.Repeat("y", 1023)+"\n", mostAll>>10+1), mostAll>>10 - 1, true, false},
		"cut off":              {begins + "{}\n{\"type\":", 1, false, false},
		"nothing behind":       {begins + "{}\n" + ends + "{}\n{}\n", 1, false, true},
		"of another session":   {"whyport-run m x\n{}\nwhyport-end m 0\n", 0, false, false},
		"two ends":             {begins + "{}\n" + ends + ends, 1, false, true},
		"not text":             {begins + "\xff\xfe\x00\x1b[2J\n" + ends, 1, false, true},
	} {
		lines, _, s := took([]byte(c.output), 32<<10)
		if len(lines) != c.lines || s.tooMuch != c.tooMuch || s.ended != c.ended {
			t.Errorf("%s: %d lines, want %d; %+v", name, len(lines), c.lines, s.tooMuch)
		}
		if cap(s.pending) > 2*(mostLine+32<<10) {
			t.Errorf("%s: %d bytes are kept", name, cap(s.pending))
		}
	}
}

// FuzzStream: in which pieces output comes makes no difference, and a line is one line from between the script's words.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{"", "\n", "whyport-run n x\n{\"a\":1}\r\nwhyport-end n 3\n",
		"hello\nwhyport-run n\n\n\xff\nwhyport-end n x\nbehind\n",
		"whyport-run m x\nwhyport-run n x\nwhyport-run n y\n", "whyport-end n 0\nwhyport-run n x\nline", "whyport-system n Linux x86_64\n"} {
		f.Add([]byte(seed), 1)
		f.Add([]byte(seed), 7)
	}
	f.Fuzz(func(t *testing.T, output []byte, size int) {
		lines, words, s := took(output, max(1, size))
		allLines, allWords, all := took(output, len(output)+1)
		if fmt.Sprint(lines, words) != fmt.Sprint(allLines, allWords) || s.ended != all.ended || s.code != all.code || s.running != all.running {
			t.Errorf("in pieces of %d: %q %q, whole %q %q", size, lines, words, allLines, allWords)
		}
		if len(lines) > 0 && !bytes.Contains(output, []byte(mark+saysRun+" n")) {
			t.Errorf("lines without a beginning: %q", lines)
		}
		for _, l := range lines {
			if strings.Contains(l, "\n") || l == "" {
				t.Errorf("no line: %q", l)
			}
		}
	})
}
