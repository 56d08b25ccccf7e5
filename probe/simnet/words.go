package simnet

import (
	"fmt"
	"strconv"
	"strings"
)

// words reads the words of a rule one after the other.
type words struct{ left []string }

func (w *words) next() string {
	if len(w.left) == 0 {
		return ""
	}
	first := w.left[0]
	w.left = w.left[1:]
	return first
}

// scan reads a single word.
func scan(words []string, format string, into any) error {
	if len(words) != 1 {
		return fmt.Errorf("one value is wanted")
	}
	if n, err := fmt.Sscanf(words[0], format, into); n != 1 || err != nil {
		return fmt.Errorf("%q is no value", words[0])
	}
	return nil
}

// parseSpans reads "80,443,1000-2000".
func parseSpans(text string) (all spans, err error) {
	for part := range strings.SplitSeq(text, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		a, err1 := strconv.ParseUint(first, 10, 16)
		b, err2 := strconv.ParseUint(last, 10, 16)
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("%q are no ports", text)
		}
		all = append(all, span{uint16(a), uint16(b)})
	}
	return all, nil
}
