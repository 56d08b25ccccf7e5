package pac

import (
	"regexp"
	"strings"
)

// textMethod calls a method of a string. Positions are bytes: hosts and URLs are ASCII.
func textMethod(s, name string, arg func(int) any, n int, line int) (any, bool) {
	first := func() string { return toString(arg(0)) }
	switch name {
	case "toLowerCase":
		return strings.ToLower(s), true
	case "toUpperCase":
		return strings.ToUpper(s), true
	case "trim":
		return strings.TrimSpace(s), true
	case "toString", "valueOf":
		return s, true
	case "indexOf":
		from := min(max(whole(arg(1)), 0), len(s))
		if i := strings.Index(s[from:], first()); i >= 0 {
			return float64(from + i), true
		}
		return float64(-1), true
	case "lastIndexOf":
		return float64(strings.LastIndex(s, first())), n == 1
	case "includes":
		return strings.Contains(s, first()), n == 1 && isText(arg(0))
	case "startsWith":
		return strings.HasPrefix(s, first()), n == 1 && isText(arg(0))
	case "endsWith":
		return strings.HasSuffix(s, first()), n == 1 && isText(arg(0))
	case "charAt":
		if i := whole(arg(0)); i >= 0 && i < len(s) {
			return s[i : i+1], true
		}
		return "", true
	case "charCodeAt":
		if i := whole(arg(0)); i >= 0 && i < len(s) {
			return float64(s[i]), true
		}
		return toNumber(nil), true
	case "slice":
		from, to := span(arg(0), arg(1), len(s))
		return s[from:max(from, to)], true
	case "substring":
		from, to := min(max(whole(arg(0)), 0), len(s)), len(s)
		if arg(1) != nil {
			to = min(max(whole(arg(1)), 0), len(s))
		}
		return s[min(from, to):max(from, to)], true
	case "substr":
		from, _ := span(arg(0), nil, len(s))
		to := len(s)
		if arg(1) != nil {
			to = min(from+max(whole(arg(1)), 0), len(s))
		}
		return s[from:to], true
	case "split":
		return cutUp(s, arg(0), n, line), true
	case "concat":
		return add(s, first()), n == 1
	case "match", "search", "replace":
		return matched(s, name, arg, line), true
	}
	return nil, false
}

func isText(v any) bool { _, is := v.(string); return is }

func cutUp(s string, by any, n, line int) any {
	if n > 1 {
		raise(line, "a second argument of split is not understood")
	}
	var parts []string
	switch by := by.(type) {
	case nil:
		parts = []string{s}
	case string:
		parts = strings.SplitN(s, by, maxItems)
	case *regexp.Regexp:
		if by.NumSubexp() > 0 {
			raise(line, "split at an expression with groups is not understood")
		}
		parts = by.Split(s, maxItems)
	default:
		raise(line, "split at this kind of value is not understood")
	}
	out := &array{}
	for _, part := range parts {
		out.items = append(out.items, part)
	}
	return out
}

// matched is what needs a regular expression; replace takes a string, too.
func matched(s, name string, arg func(int) any, line int) any {
	re, is := arg(0).(*regexp.Regexp)
	with, plain := arg(1).(string)
	switch {
	case name == "match" && is:
		return found(re, s)
	case name == "search" && is:
		if m := re.FindStringIndex(s); m != nil {
			return float64(m[0])
		}
		return float64(-1)
	case name == "replace" && plain && !strings.Contains(with, "$"):
		if old, isOld := arg(0).(string); isOld {
			return strings.Replace(s, old, with, 1)
		}
	}
	raise(line, "%q with these arguments is not understood", name)
	return nil
}
