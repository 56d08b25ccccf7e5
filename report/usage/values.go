package usage

import (
	"strconv"
	"strings"
	"time"

	"whyport/probe/target"
)

// Choice checks a flag's value against the possible ones.
func Choice(flag, value string, choices ...string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	if choices[0] == "" { // not given
		choices = choices[1:]
	}
	instead := "type " + flag + " " + strings.Join(choices, ", or "+flag+" ")
	if near := nearest(value, choices); near != "" {
		instead = "did you mean " + flag + " " + near + "?"
	}
	return New(instead, "%s can't be %s", flag, target.Shown(value))
}

// OneOf lists the values of a flag: "a, b or c".
func OneOf(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Between checks a number against its bounds.
func Between(flag string, value, low, high int) error {
	if value >= low && value <= high {
		return nil
	}
	return New("type a number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+": "+flag+" "+strconv.Itoa(min(max(value, low), high)),
		"%s can't be %d", flag, value)
}

// Seconds reads a time: "5" and "5s" are five seconds, "1500ms" is one and a half.
func Seconds(flag, value string, low, high time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if n, plain := strconv.ParseFloat(value, 64); plain == nil && n < high.Seconds()*2 {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil {
		return 0, New("type seconds, such as "+flag+" 5 or "+flag+" 1500ms", "%s can't be %s", flag, target.Shown(value))
	}
	if d < low || d > high {
		return 0, New("type a time from "+low.String()+" to "+strings.TrimSuffix(high.String(), "0s")+", such as "+flag+" 10s",
			"%s can't be %s", flag, target.Shown(value))
	}
	return d, nil
}

// Exclusive refuses flags that contradict each other; given are those that were typed.
func Exclusive(given ...string) error {
	if len(given) < 2 {
		return nil
	}
	return New("type one of them", "%s contradict each other", strings.Join(given, " and "))
}
