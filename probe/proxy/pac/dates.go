package pac

import (
	"math"
	"slices"
	"time"
)

// days and months, as the format writes them.
var (
	days   = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	months = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
)

// inZone takes "GMT" off the end of arguments; without it local time is meant.
func inZone(now time.Time, args []any) (time.Time, []any) {
	if n := len(args); n > 0 && args[n-1] == "GMT" {
		return now.UTC(), args[:n-1]
	}
	return now, args
}

// between reports whether x stands from a to b; where b comes before a, the range goes over the end of the week, year or day.
func between(a, x, b []int) bool {
	after, before := slices.Compare(a, x) <= 0, slices.Compare(x, b) <= 0
	if slices.Compare(a, b) <= 0 {
		return after && before
	}
	return after || before
}

func weekdayRange(now time.Time, args []any) bool {
	now, args = inZone(now, args)
	if len(args) == 0 {
		return false
	}
	from := slices.Index(days, argument(args, 0))
	to := from
	if len(args) > 1 {
		to = slices.Index(days, argument(args, 1))
	}
	return from >= 0 && to >= 0 && between([]int{from}, []int{int(now.Weekday())}, []int{to})
}

// dateRange takes one or two times a day, a month, a year, or several of them in this order.
func dateRange(now time.Time, args []any) bool {
	now, args = inZone(now, args)
	half := (len(args) + 1) / 2
	if len(args) == 0 || len(args) > 1 && len(args)%2 != 0 {
		return false
	}
	from, today, ok := date(now, args[:half])
	to := from
	if len(args) > 1 {
		var same []int
		var fine bool
		to, same, fine = date(now, args[half:])
		ok = ok && fine && len(same) == len(today)
	}
	return ok && between(from, today, to)
}

// date is year, month and day, as far as they are named, and the same of now.
func date(now time.Time, args []any) (named, today []int, ok bool) {
	var values [3]int // year, month, day
	var has [3]bool
	for i := range args {
		at, v := 0, 0
		if m := slices.Index(months, argument(args, i)); m >= 0 {
			at, v = 1, m+1
		} else {
			n, is := leading(argument(args, i), "0123456789").(float64)
			if !is || math.IsNaN(n) {
				return nil, nil, false
			}
			if v = int(n); v < 32 {
				at = 2
			}
		}
		if has[at] {
			return nil, nil, false
		}
		values[at], has[at] = v, true
	}
	for i, of := range []int{now.Year(), int(now.Month()), now.Day()} {
		if has[i] {
			named, today = append(named, values[i]), append(today, of)
		}
	}
	return named, today, true
}

// timeRange takes an hour, two hours (both whole), or twice hour and minute, or with seconds.
func timeRange(now time.Time, args []any) bool {
	now, args = inZone(now, args)
	var n []int
	for _, a := range args {
		n = append(n, whole(a))
	}
	clock := []int{now.Hour(), now.Minute(), now.Second()}
	switch len(n) {
	case 1:
		return clock[0] == n[0]
	case 2: // browsers let it not go over midnight
		return n[0] <= clock[0] && clock[0] <= n[1]
	case 4:
		return between(n[:2], clock[:2], n[2:])
	case 6:
		return between(n[:3], clock, n[3:])
	}
	raise(0, "timeRange with %d arguments is not understood", len(n))
	return false
}
