package page

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"
)

// luminance of one of xterm's fixed colours, as WCAG 2.2 defines it.
func luminance(n int) float64 {
	rgb := [3]int{8 + 10*(n-232), 8 + 10*(n-232), 8 + 10*(n-232)}
	if n < 232 {
		level := [6]int{0, 95, 135, 175, 215, 255}
		rgb = [3]int{level[(n-16)/36], level[(n-16)/6%6], level[(n-16)%6]}
	}
	linear := func(v int) float64 {
		c := float64(v) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2])
}

// Text can be read on a black and on a white terminal.
func TestColoursAreReadableOnBlackAndWhite(t *testing.T) {
	p := newPaint(true)
	code := regexp.MustCompile(`^\x1b\[38;5;([0-9]+)mx`)
	seen := map[string]bool{}
	for name, text := range map[string]string{"good": p.good.Sprint("x"), "bad": p.bad.Sprint("x"), "unsure": p.unsure.Sprint("x"), "faint": p.faint.Sprint("x")} {
		m := code.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("%s is no fixed colour: %q", name, text)
			continue
		}
		n, _ := strconv.Atoi(m[1])
		l := luminance(n)
		if black, white := (l+0.05)/0.05, 1.05/(l+0.05); n < 16 || black < 4.5 || white < 4.5 {
			t.Errorf("%s: contrast %.2f on black, %.2f on white", name, black, white)
		}
		seen[fmt.Sprint(n)] = true
	}
	if len(seen) != 4 {
		t.Errorf("only %d colours", len(seen))
	}
}
