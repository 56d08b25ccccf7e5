package pac

import (
	"math"
	"regexp"
	"slices"
	"strings"
)

// compiled is a regular expression; those of Go know neither look-ahead nor references, and say so.
func compiled(pattern, flags string, line int) *regexp.Regexp {
	prefix := ""
	for _, f := range flags {
		switch f {
		case 'i', 's':
			prefix += string(f)
		case 'u':
		default:
			raise(line, "the flag %q of a regular expression is not understood", string(f))
		}
	}
	if prefix != "" {
		prefix = "(?" + prefix + ")"
	}
	re, err := regexp.Compile(prefix + strings.ReplaceAll(pattern, `\/`, `/`))
	if err != nil {
		raise(line, "the regular expression /%s/ is not understood", pattern)
	}
	return re
}

// member is owner.key, but for methods, which are called only.
func member(owner, key any, line int) any {
	switch o := owner.(type) {
	case string:
		if key == "length" {
			return float64(len(o))
		}
		if i, is := index(key); is {
			if i < len(o) {
				return o[i : i+1]
			}
			return nil
		}
	case *array:
		if key == "length" {
			return float64(len(o.items))
		}
		if i, is := index(key); is {
			if i < len(o.items) {
				return o.items[i]
			}
			return nil
		}
	case *object:
		return o.members[toString(key)]
	case nil, null:
		raise(line, "nothing (%s) has no %q", toString(owner), toString(key))
	}
	raise(line, "%q of a %s is not understood", toString(key), typeOf(owner))
	return nil
}

// index is a key that is a whole number.
func index(key any) (int, bool) {
	if s, is := key.(string); is && (s == "" || strings.Trim(s, "0123456789") != "") {
		return 0, false
	}
	n := toNumber(key)
	return int(n), n >= 0 && n == math.Trunc(n) && n < 1<<31
}

func setMember(owner, key, v any, line int) {
	switch o := owner.(type) {
	case *array:
		if i, is := index(key); is && i < maxItems {
			for len(o.items) <= i {
				o.items = append(o.items, nil)
			}
			o.items[i] = v
			return
		}
	case *object:
		if len(o.members) < maxItems {
			o.members[toString(key)] = v
			return
		}
	}
	raise(line, "setting %q of a %s is not understood", toString(key), typeOf(owner))
}

// method calls owner.name.
func method(owner any, name string, args []any, line int) (out any) {
	arg := func(i int) any {
		if i < len(args) {
			return args[i]
		}
		return nil
	}
	known := true
	switch o := owner.(type) {
	case string:
		out, known = textMethod(o, name, arg, len(args), line)
	case *array:
		out, known = listMethod(o, name, args, arg, line)
	case *regexp.Regexp:
		switch name {
		case "test":
			return o.MatchString(toString(arg(0)))
		case "exec":
			return found(o, toString(arg(0)))
		}
		known = false
	case float64, bool:
		if name == "toString" && len(args) == 0 {
			return toString(o)
		}
		known = false
	default:
		known = false
	}
	if !known {
		raise(line, "%q of a %s is not understood", name, typeOf(owner))
	}
	return out
}

func found(re *regexp.Regexp, s string) any {
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return null{}
	}
	out := &array{}
	for i := 0; i < len(m); i += 2 {
		var group any
		if m[i] >= 0 {
			group = s[m[i]:m[i+1]]
		}
		out.items = append(out.items, group)
	}
	return out
}

func listMethod(o *array, name string, args []any, arg func(int) any, line int) (any, bool) {
	switch name {
	case "join":
		by := ","
		if arg(0) != nil {
			by = toString(arg(0))
		}
		words := make([]string, len(o.items))
		for i, item := range o.items {
			if item != nil && item != (null{}) {
				words[i] = toString(item)
			}
		}
		if len(words)*len(by) > maxString {
			raise(line, "a text gets too long")
		}
		return strings.Join(words, by), true
	case "push":
		if len(o.items)+len(args) > maxItems {
			raise(line, "a list gets too long")
		}
		o.items = append(o.items, args...)
		return float64(len(o.items)), true
	case "pop":
		if len(o.items) == 0 {
			return nil, true
		}
		last := o.items[len(o.items)-1]
		o.items = o.items[:len(o.items)-1]
		return last, true
	case "indexOf":
		return float64(slices.IndexFunc(o.items, func(v any) bool { return same(v, arg(0)) })), len(args) == 1
	case "includes":
		return slices.ContainsFunc(o.items, func(v any) bool { return same(v, arg(0)) }), len(args) == 1
	case "slice":
		from, to := span(arg(0), arg(1), len(o.items))
		return &array{slices.Clone(o.items[from:max(from, to)])}, true
	case "concat":
		all := &array{slices.Clone(o.items)}
		for _, a := range args {
			if more, is := a.(*array); is {
				all.items = append(all.items, more.items...)
			} else {
				all.items = append(all.items, a)
			}
		}
		if len(all.items) > maxItems {
			raise(line, "a list gets too long")
		}
		return all, true
	case "toString":
		return toString(o), true
	}
	return nil, false
}

// span are the bounds of slice: those below 0 count from the end.
func span(from, to any, n int) (int, int) {
	at := func(v any, missing int) int {
		if v == nil {
			return missing
		}
		i := whole(v)
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	return at(from, 0), at(to, n)
}

// whole is a number without its fraction, within bounds.
func whole(v any) int {
	n := toNumber(v)
	if math.IsNaN(n) {
		return 0
	}
	return int(min(max(math.Trunc(n), -1<<30), 1<<30))
}
