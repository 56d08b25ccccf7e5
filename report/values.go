package report

import (
	"math"
	"net/netip"
	"time"

	"whyport/report/phrase"
)

// text is foreign text made safe, or nil for "".
func text(s string) *string {
	if s == "" {
		return nil
	}
	return new(phrase.Clean(s))
}

// number is a count, or nil for 0 where 0 means "not known".
func number[N ~int | ~uint8](n N) *int {
	if n == 0 {
		return nil
	}
	return new(int(n))
}

// millis is a duration, or nil for 0 where 0 means "not measured".
func millis(d time.Duration) *Millis {
	if d == 0 {
		return nil
	}
	return new(toMillis(d))
}

func toMillis(d time.Duration) Millis {
	return Millis(math.Round(float64(d)/float64(time.Microsecond)) / 1000)
}

// timestamp is RFC 3339 in UTC with milliseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// localTime is RFC 3339 in the zone that t is in; "" where that is UTC.
func localTime(t time.Time) string {
	if _, offset := t.Zone(); offset == 0 {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000-07:00")
}

func address(a netip.Addr) *string {
	if !a.IsValid() {
		return nil
	}
	return text(a.String()) // a zone is foreign text
}

func endpoint(a netip.AddrPort) *string {
	if !a.IsValid() {
		return nil
	}
	return text(a.String())
}

// Value is a text, or "" for nil.
func Value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// IsTrue reports what is known and true.
func IsTrue(b *bool) bool { return b != nil && *b }

// IsFalse reports what is known and false.
func IsFalse(b *bool) bool { return b != nil && !*b }
