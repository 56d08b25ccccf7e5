package pac

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Values of a script are nil (undefined), null, bool, float64, string, *array, *object, *regexp.Regexp and function.
type (
	null     struct{}
	array    struct{ items []any }
	object   struct{ members map[string]any }
	function struct {
		name string
		call func(e *env, args []any) any
	}
)

// fault is what a script does wrong, or what is not understood in it.
type fault struct {
	line int
	text string
}

func (f *fault) Error() string {
	if f.line > 0 {
		return fmt.Sprintf("line %d: %s", f.line, f.text)
	}
	return f.text
}

// raise ends the script; Script.Find and Parse return what was raised.
func raise(line int, format string, args ...any) {
	panic(&fault{line, fmt.Sprintf(format, args...)})
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil, null:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

func toNumber(v any) float64 {
	switch v := v.(type) {
	case null:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return 0
		}
		if hex, is := strings.CutPrefix(strings.ToLower(s), "0x"); is {
			if n, err := strconv.ParseUint(hex, 16, 53); err == nil {
				return float64(n)
			}
			return math.NaN()
		}
		if strings.Trim(s, "0123456789.eE+-") != "" {
			return math.NaN()
		}
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	case *array:
		return toNumber(toString(v))
	}
	return math.NaN()
}

// toInt32 is what bitwise operators work with.
func toInt32(v any) int32 {
	n := toNumber(v)
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return int32(uint32(int64(math.Mod(math.Trunc(n), 1<<32))))
}

func toString(v any) string { return shown(v, 0) }

func shown(v any, depth int) string {
	if depth > maxDepth {
		raise(0, "a list contains itself")
	}
	switch v := v.(type) {
	case nil:
		return "undefined"
	case null:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberText(v)
	case string:
		return v
	case *array:
		words := make([]string, len(v.items))
		size := 0
		for i, item := range v.items {
			if _, isNull := item.(null); item != nil && !isNull {
				words[i] = shown(item, depth+1)
			}
			if size += len(words[i]) + 1; size > maxString {
				raise(0, "a text gets too long")
			}
		}
		return strings.Join(words, ",")
	case *regexp.Regexp:
		return "/" + v.String() + "/"
	case function:
		raise(0, "the text of a function is not understood")
	}
	return "[object Object]"
}

func numberText(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0"
	case math.Abs(n) >= 1e21 || math.Abs(n) < 1e-6:
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case function:
		return "function"
	}
	return "object"
}

// same is ===.
func same(a, b any) bool {
	if typeOf(a) != typeOf(b) {
		return false
	}
	if f, is := a.(function); is {
		raise(0, "comparing the function %s is not understood", f.name)
	}
	return a == b // lists and objects are pointers
}

// alike is ==.
func alike(a, b any) bool {
	_, nullA := a.(null)
	_, nullB := b.(null)
	nothingA, nothingB := a == nil || nullA, b == nil || nullB
	switch {
	case nothingA || nothingB:
		return nothingA && nothingB
	case typeOf(a) == typeOf(b):
		return same(a, b)
	case typeOf(a) == "object" && typeOf(b) == "string", typeOf(a) == "string" && typeOf(b) == "object":
		return toString(a) == toString(b)
	}
	return toNumber(a) == toNumber(b)
}

// less compares as < does.
func less(a, b any) bool {
	x, isX := a.(string)
	y, isY := b.(string)
	if isX && isY {
		return x < y
	}
	return toNumber(a) < toNumber(b)
}

func add(a, b any) any {
	simple := func(v any) bool {
		switch v.(type) {
		case nil, null, bool, float64:
			return true
		}
		return false
	}
	if simple(a) && simple(b) {
		return toNumber(a) + toNumber(b)
	}
	x, y := toString(a), toString(b)
	if len(x)+len(y) > maxString {
		raise(0, "a text gets too long")
	}
	return x + y
}
