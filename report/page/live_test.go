package page

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// screen is a terminal as far as Live needs one: lines that wrap at its width, cursor up, and clear to the end.
type screen struct {
	width, row, column int
	lines              []string
}

var control = regexp.MustCompile(`^\x1b\[([0-9]*)([AJ])`)

func (s *screen) Write(b []byte) (int, error) {
	for text := string(b); text != ""; {
		if m := control.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			if m[2] == "A" {
				s.row -= n
			} else {
				s.lines = s.lines[:s.row]
			}
			text = text[len(m[0]):]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		switch {
		case r == '\r':
			s.column = 0
			continue
		case r == '\n':
			s.row, s.column = s.row+1, 0
			continue
		case s.column == s.width:
			s.row, s.column = s.row+1, 0
		}
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		s.lines[s.row] += string(r)
		s.column++
	}
	return len(b), nil
}

// TestLiveIsDrawnInItsPlace: lines that stay, and below them one table, whatever was there before, at every width.
func TestLiveIsDrawnInItsPlace(t *testing.T) {
	yes, no := true, false
	trial := func(usable bool, ms int) Trial { return Trial{&usable, time.Duration(ms) * time.Millisecond} }
	rows := []LiveRow{
		{"server.example TCP 443", "open", &yes, "0%", "-", []Trial{trial(true, 10), trial(true, 40)}},
		{"server.example TCP 587", "filtered", &no, "50%", "10s, lasts", []Trial{trial(true, 5), trial(false, 0), {}}},
	}
	for _, width := range []int{30, 60, 80, 140} {
		for _, unicode := range []bool{true, false} {
			s := &screen{width: width}
			l := &Live{w: s, look: func() (Style, int) { return Style{Width: width, Unicode: unicode, UTF8: unicode}, 12 }}
			for i := range 5 {
				shown := rows[:1+i%2]
				if i == 3 {
					shown = append(shown, make([]LiveRow, 20)...)
				}
				if err := l.Draw([]string{fmt.Sprintf("change %d ", i) + strings.Repeat("x", 20*i)}, shown, "again"); err != nil {
					t.Fatal(err)
				}
				if l.drawn > 11 {
					t.Errorf("width %d: %d lines are more than the terminal has", width, l.drawn)
				}
			}
			text := strings.Join(s.lines, "\n")
			for want, times := range map[string]int{"server.example TCP 443": 1, "again": 1, "change ": 5, "change 4": 1} {
				if got := strings.Count(text, want); got != times {
					t.Errorf("width %d: %q stands there %d times, not %d:\n%s", width, want, got, times, text)
				}
			}
			if strings.Index(text, "change 4") > strings.Index(text, "443") {
				t.Errorf("the changes stand below the table:\n%s", text)
			}
		}
	}
}

func TestSparkline(t *testing.T) {
	yes, no := true, false
	times := []Trial{{&yes, 0}, {&yes, 70}, {&yes, 35}, {&no, 0}, {nil, 0}}
	if got := Sparkline(times, true); got != "▁█▄✖?" {
		t.Error(got)
	}
	if got := Sparkline(times, false); got != "_#=x?" {
		t.Error(got)
	}
	if got := Sparkline([]Trial{{&yes, 0}}, true); got != "▁" {
		t.Error(got)
	}
}
