package pac

import (
	"context"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// builtin is a function of the format, or one of the language's own that PAC files use.
func builtin(name string) (any, bool) {
	if name == "Math" {
		return mathObject(), true
	}
	f := formatFunction(name)
	if f == nil {
		f = languageFunction(name)
	}
	if f == nil {
		return nil, false
	}
	return function{name, f}, true
}

// argument i as a text; "" where it is missing.
func argument(args []any, i int) string {
	if i >= len(args) || args[i] == nil || args[i] == (null{}) {
		return ""
	}
	return toString(args[i])
}

func formatFunction(name string) func(*env, []any) any {
	switch name {
	case "isPlainHostName":
		return func(_ *env, a []any) any { return !strings.ContainsAny(argument(a, 0), ".:") }
	case "dnsDomainIs":
		return func(_ *env, a []any) any { return strings.HasSuffix(argument(a, 0), argument(a, 1)) }
	case "localHostOrDomainIs":
		return func(_ *env, a []any) any {
			host, full := argument(a, 0), argument(a, 1)
			return host == full || strings.HasPrefix(full, host+".")
		}
	case "isResolvable":
		return func(e *env, a []any) any { return e.run.resolve(argument(a, 0)).IsValid() }
	case "dnsResolve":
		return func(e *env, a []any) any {
			if found := e.run.resolve(argument(a, 0)); found.IsValid() {
				return found.String()
			}
			return null{}
		}
	case "isInNet":
		return func(e *env, a []any) any { return e.run.isInNet(argument(a, 0), argument(a, 1), argument(a, 2)) }
	case "myIpAddress":
		return func(e *env, _ []any) any {
			if own := e.run.on.Own(); own.IsValid() {
				return own.String()
			}
			return "127.0.0.1"
		}
	case "dnsDomainLevels":
		return func(_ *env, a []any) any { return float64(strings.Count(argument(a, 0), ".")) }
	case "shExpMatch":
		return func(_ *env, a []any) any { return shellMatch(argument(a, 0), argument(a, 1)) }
	case "weekdayRange":
		return func(e *env, a []any) any { return weekdayRange(e.run.on.Now(), a) }
	case "dateRange":
		return func(e *env, a []any) any { return dateRange(e.run.on.Now(), a) }
	case "timeRange":
		return func(e *env, a []any) any { return timeRange(e.run.on.Now(), a) }
	case "alert":
		return func(*env, []any) any { return nil }
	}
	return nil
}

// resolve is the first IPv4 address of a name: the format knows no others.
func (r *running) resolve(name string) netip.Addr {
	if a, err := netip.ParseAddr(name); err == nil && a.Is4() {
		return a
	}
	if name == "" || len(name) > 253 || strings.Contains(name, ":") {
		return netip.Addr{}
	}
	found, known := r.asked[name]
	if !known {
		if len(r.asked) >= maxAsked {
			raise(r.line, "the script looks up too many names")
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.ctx, maxLookUp)
		found = r.on.LookUp(ctx, name)
		cancel()
		r.asked[name], r.end = found, r.end.Add(time.Since(began))
	}
	i := slices.IndexFunc(found, func(a netip.Addr) bool { return a.Unmap().Is4() })
	if i < 0 {
		return netip.Addr{}
	}
	return found[i].Unmap()
}

// isInNet compares the bits of an address that a mask has; a name is looked up.
func (r *running) isInNet(host, pattern, mask string) bool {
	p, errP := netip.ParseAddr(pattern)
	m, errM := netip.ParseAddr(mask)
	if errP != nil || errM != nil || !p.Is4() || !m.Is4() {
		return false
	}
	a := r.resolve(host)
	if !a.IsValid() {
		return false
	}
	x, y, bits := a.As4(), p.As4(), m.As4()
	for i := range x {
		if x[i]&bits[i] != y[i]&bits[i] {
			return false
		}
	}
	return true
}

// shellMatch: * stands for any text, ? for any character.
func shellMatch(s, pattern string) bool {
	i, j, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case j < len(pattern) && pattern[j] == '*':
			star, from = j, i
			j++
		case j < len(pattern) && (pattern[j] == '?' || pattern[j] == s[i]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = from, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[j:], "*") == ""
}

func languageFunction(name string) func(*env, []any) any {
	switch name {
	case "String":
		return func(_ *env, a []any) any { return argument(a, 0) }
	case "Number":
		return func(_ *env, a []any) any { return toNumber(argument(a, 0)) }
	case "isNaN":
		return func(_ *env, a []any) any { return len(a) == 0 || math.IsNaN(toNumber(a[0])) }
	case "parseFloat":
		return func(_ *env, a []any) any { return leading(argument(a, 0), "0123456789.") }
	case "parseInt":
		return func(e *env, a []any) any {
			if base := argument(a, 1); base != "" && base != "10" {
				raise(e.run.line, "parseInt to the base %s is not understood", base)
			}
			if strings.HasPrefix(strings.ToLower(strings.TrimSpace(argument(a, 0))), "0x") {
				raise(e.run.line, "parseInt of hexadecimal digits is not understood")
			}
			return leading(argument(a, 0), "0123456789")
		}
	}
	return nil
}

// leading is the number that a text begins with.
func leading(s, digits string) any {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && (strings.IndexByte(digits, s[n]) >= 0 || n == 0 && (s[n] == '-' || s[n] == '+')) {
		n++
	}
	if n == 0 {
		return math.NaN()
	}
	return toNumber(s[:n])
}

func mathObject() *object {
	one := func(f func(float64) float64) any {
		return function{"Math", func(_ *env, a []any) any {
			if len(a) == 0 {
				return math.NaN()
			}
			return f(toNumber(a[0]))
		}}
	}
	many := func(f func(x, y float64) float64, of float64) any {
		return function{"Math", func(_ *env, a []any) any {
			out := of
			for _, v := range a {
				out = f(out, toNumber(v))
			}
			return out
		}}
	}
	return &object{map[string]any{
		"floor": one(math.Floor), "ceil": one(math.Ceil), "abs": one(math.Abs),
		"round": one(func(x float64) float64 { return math.Floor(x + 0.5) }),
		"min":   many(math.Min, math.Inf(1)), "max": many(math.Max, math.Inf(-1)),
		"random": function{"Math", func(*env, []any) any { return rand.Float64() }},
	}}
}
