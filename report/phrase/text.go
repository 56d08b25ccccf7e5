package phrase

import (
	"fmt"
	"strings"
	"time"
)

// Lower begins with a small letter, as the rest of a sentence does.
func Lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// Capital begins with a capital letter, as a sentence does.
func Capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Count is a number with its noun: "1 day", "12 days".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Listed are the first items, and how many more there are.
func Listed(items []string, most int) string {
	if len(items) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
	}
	return strings.Join(items, ", ")
}

// Duration is short and for people: 0.4 ms, 31 ms, 1.8 s.
func Duration(d time.Duration) string {
	switch {
	case d > 0 && d < 50*time.Microsecond:
		return "<0.1 ms"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond)/time.Millisecond)
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
