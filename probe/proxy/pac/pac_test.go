package pac

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// machine knows some names, and stands still on a Friday, 13 November 2026, 14:30:15 UTC.
func machine() *Machine {
	return &Machine{
		LookUp: func(_ context.Context, name string) []netip.Addr {
			switch name {
			case "intranet.example":
				return []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.1.2.3")}
			case "six.example":
				return []netip.Addr{netip.MustParseAddr("2001:db8::2")}
			}
			return nil
		},
		Own: func() netip.Addr { return netip.MustParseAddr("10.9.8.7") },
		Now: func() time.Time {
			return time.Date(2026, 11, 13, 14, 30, 15, 0, time.UTC).In(time.FixedZone("east", 3*3600))
		},
	}
}

// evaluate is the value of an expression, as a text.
func evaluate(t *testing.T, x string) (string, error) {
	t.Helper()
	return find(t, "function FindProxyForURL(url, host) { return String("+x+"); }")
}

func find(t *testing.T, script string) (string, error) {
	t.Helper()
	s, err := Parse(script)
	if err != nil {
		return "", err
	}
	return s.Find(t.Context(), machine(), "https://www.example.com/", "www.example.com")
}

// TestFunctions: the functions of the format, with the examples of its description and what lies at their edges.
func TestFunctions(t *testing.T) {
	for x, want := range map[string]string{
		`isPlainHostName("www")`:                                         "true",
		`isPlainHostName("www.example.com")`:                             "false",
		`isPlainHostName("::1")`:                                         "false",
		`dnsDomainIs("www.example.com", ".example.com")`:                 "true",
		`dnsDomainIs("www", ".example.com")`:                             "false",
		`dnsDomainIs("www.mcom.com", ".example.com")`:                    "false",
		`localHostOrDomainIs("www.example.com", "www.example.com")`:      "true",
		`localHostOrDomainIs("www", "www.example.com")`:                  "true",
		`localHostOrDomainIs("ww", "www.example.com")`:                   "false",
		`localHostOrDomainIs("www.mcom.com", "www.example.com")`:         "false",
		`isResolvable("intranet.example")`:                               "true",
		`isResolvable("nobody.example")`:                                 "false",
		`isResolvable("six.example")`:                                    "false",
		`isInNet("198.95.249.79", "198.95.249.79", "255.255.255.255")`:   "true",
		`isInNet("198.95.6.8", "198.95.0.0", "255.255.0.0")`:             "true",
		`isInNet("198.96.6.8", "198.95.0.0", "255.255.0.0")`:             "false",
		`isInNet("intranet.example", "10.0.0.0", "255.0.0.0")`:           "true",
		`isInNet("nobody.example", "0.0.0.0", "0.0.0.0")`:                "false",
		`isInNet(dnsResolve("nobody.example"), "10.0.0.0", "255.0.0.0")`: "false",
		`isInNet("10.1.2.3", "10.0.0.0", "nonsense")`:                    "false",
		`dnsResolve("intranet.example")`:                                 "10.1.2.3",
		`dnsResolve("192.0.2.9")`:                                        "192.0.2.9",
		`dnsResolve("nobody.example") == null`:                           "true",
		`myIpAddress()`:                                                  "10.9.8.7",
		`dnsDomainLevels("www")`:                                         "0",
		`dnsDomainLevels("www.example.com")`:                             "2",
		`shExpMatch("http://a.example/people/x", "*/people/*")`:          "true",
		`shExpMatch("http://a.example/people/x", "*/ari/*")`:             "false",
		`shExpMatch("www.example.com", "*.example.com")`:                 "true",
		`shExpMatch("www.example.com", "?ww.example.co?")`:               "true",
		`shExpMatch("wwwXexample.com", "www.example.com")`:               "false",
		`shExpMatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*c")`:  "false",
		`weekdayRange("FRI")`:                                            "true",
		`weekdayRange("MON", "FRI")`:                                     "true",
		`weekdayRange("SAT", "THU")`:                                     "false",
		`weekdayRange("THU", "MON")`:                                     "true",
		`weekdayRange("SAT", "GMT")`:                                     "false",
		`weekdayRange("Friday")`:                                         "false",
		`dateRange(13)`:                                                  "true",
		`dateRange(14)`:                                                  "false",
		`dateRange("NOV")`:                                               "true",
		`dateRange(2026)`:                                                "true",
		`dateRange(2027, "GMT")`:                                         "false",
		`dateRange(1, 15)`:                                               "true",
		`dateRange(20, 14)`:                                              "true",
		`dateRange(20, 10)`:                                              "false",
		`dateRange("JAN", "MAR")`:                                        "false",
		`dateRange("OCT", "FEB")`:                                        "true",
		`dateRange(2020, 2026)`:                                          "true",
		`dateRange(1, "JUN", 15, "AUG")`:                                 "false",
		`dateRange(24, "DEC", 6, "JAN")`:                                 "false",
		`dateRange(13, "NOV", 13, "NOV")`:                                "true",
		`dateRange("OCT", 2025, "MAR", 2027)`:                            "true",
		`dateRange("DEC", 2026, "MAR", 2027)`:                            "false",
		`dateRange(1, "JUN", 1995, 15, "AUG", 2030)`:                     "true",
		`dateRange(14, "NOV", 2026, 15, "AUG", 2030)`:                    "false",
		`timeRange(17)`:                                                  "true",
		`timeRange(14, "GMT")`:                                           "true",
		`timeRange(14)`:                                                  "false",
		`timeRange(9, 17)`:                                               "true",
		`timeRange(18, 20)`:                                              "false",
		`timeRange(17, 30, 17, 31)`:                                      "true",
		`timeRange(17, 31, 17, 29)`:                                      "false",
		`timeRange(22, 0, 17, 30)`:                                       "true",
		`timeRange(0, 0, 0, 17, 30, 15)`:                                 "true",
		`timeRange(0, 0, 0, 17, 30, 14)`:                                 "false",
		`timeRange(14, 30, 15, 14, 30, 15, "GMT")`:                       "true",
	} {
		if got, err := evaluate(t, x); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", x, got, err, want)
		}
	}
}

// TestLanguage: ECMAScript as far as PAC files use it; the values are those of any engine.
func TestLanguage(t *testing.T) {
	for x, want := range map[string]string{
		`1 + 2 * 3 - 4 / 2`:                      "5",
		`"a" + 1 + 2`:                            "a12",
		`1 + 2 + "a"`:                            "3a",
		`"3" * "4"`:                              "12",
		`7 % 4`:                                  "3",
		`0.1 + 0.2`:                              "0.30000000000000004",
		`1 == "1"`:                               "true",
		`1 === "1"`:                              "false",
		`1 !== "1"`:                              "true",
		`1 != "1"`:                               "false",
		`null == undefined`:                      "true",
		`null === undefined`:                     "false",
		`null == 0`:                              "false",
		`"" == 0`:                                "true",
		`"b" > "a" && "10" < "9"`:                "true",
		`10 < 9 || !0`:                           "true",
		`true ? 1 : false ? 2 : 3`:               "1",
		`"" || "x"`:                              "x",
		`0 && y`:                                 "0",
		`(1, 2)`:                                 "2",
		`5 & 3 | 8 ^ 1`:                          "9",
		`1 << 31`:                                "-2147483648",
		`-1 >>> 28`:                              "15",
		`~5`:                                     "-6",
		`typeof nothing`:                         "undefined",
		`typeof isInNet`:                         "function",
		`typeof "x" + typeof 1`:                  "stringnumber",
		`"ABC".toLowerCase().indexOf("b")`:       "1",
		`host.substring(4, 0) + host.substr(-3)`: "www.com",
		`host.slice(4, -4)`:                      "example",
		`host.split(".").length`:                 "3",
		`host.split(".")[1].charAt(0)`:           "e",
		`host.lastIndexOf(".")`:                  "11",
		`host.length`:                            "15",
		`/^www\.[a-z]+\.(com|org)$/i.test(host)`: "true",
		`host.match(/\.(\w+)$/)[1]`:              "com",
		`host.match(/x{3}/) == null`:             "true",
		`host.search(/example/)`:                 "4",
		`host.replace("www", "w3")`:              "w3.example.com",
		`new RegExp("^w+").test(host)`:           "true",
		`[1, [2, 3], null].join("-")`:            "1-2,3-",
		`["a", "b"].indexOf("b")`:                "1",
		`({ "a": 1, b: { c: 2 } }).b.c`:          "2",
		`parseInt("12px", 10) + parseInt("7")`:   "19",
		`isNaN(parseInt("x"))`:                   "true",
		`Math.floor(7.9) + Math.max(1, 5, 3)`:    "12",
		`0x1F + 1e2`:                             "131",
		`"\x41é\n".length`:                       "4",
		`(function (a, b) { return a + (b || 1); })(1)`: "2",
	} {
		got, err := evaluate(t, x)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", x, got, err, want)
		}
	}
}

// TestStatements: whole scripts.
func TestStatements(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"loop":          {`function FindProxyForURL(u, h) { var s = 0; for (var i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; s += i; } return "" + s }`, "5"},
		"while":         {`function FindProxyForURL(u, h) { var i = 3, s = ""; while (i--) s += i; do { s += "x" } while (false); return s }`, "210x"},
		"for in":        {`function FindProxyForURL(u, h) { var a = ["p", "q"], s = ""; for (var i in a) s += i + a[i]; for (const v of a) { s += v } return s }`, "0p1qpq"},
		"two lets":      {`function FindProxyForURL(u, h) { let s = ""; for (let i = 0; i < 2; i++) s += i; for (let i = 5; i < 7; i++) s += i; return s }`, "0156"},
		"switch":        {`function FindProxyForURL(u, h) { switch (h) { case "a": return "A"; case "www.example.com": { break; } default: return "D" } switch (1) { case 0: case 1: u = "one"; case 2: u += "two"; break; case 3: u = "no" } return u }`, "onetwo"},
		"helpers":       {`var list = ["a", "b"]; function FindProxyForURL(u, h) { return helper(1) } function helper(n) { return list[n] + twice(n) } var twice = function (n) { return n * 2 };`, "b2"},
		"recursion":     {`function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) } function FindProxyForURL(u, h) { return "" + f(10) }`, "55"},
		"own variables": {`var x = "out"; function g() { var x = "in"; return x } function FindProxyForURL(u, h) { return g() + x }`, "inout"},
		"hoisted":       {`var x = "out"; function FindProxyForURL(u, h) { var was = typeof x; var x = 1; return was }`, "undefined"},
		"no semicolons": {"function FindProxyForURL(u, h)\n{\n  var a = 1\n  if (a)\n    return \"yes\"\n  else\n    return \"no\"\n}", "yes"},
		"comments":      {"/* a\n b */ // c\nfunction FindProxyForURL(u, h) { /* d */ return \"x\" /* e */ }", "x"},
		"null":          {`function FindProxyForURL(u, h) { return null }`, "DIRECT"},
		"no return":     {`function FindProxyForURL(u, h) { }`, "DIRECT"},
		"expression":    {`FindProxyForURL = function (u, h) { return u }`, "https://www.example.com/"},
		"table":         {`var t = { "www.example.com": "PROXY p:1" }; function FindProxyForURL(u, h) { t["x"] = 1; return t[h] || "DIRECT" }`, "PROXY p:1"},
		"alert":         {`function FindProxyForURL(u, h) { alert("hello"); return "DIRECT" }`, "DIRECT"},
		"many else":     {"function FindProxyForURL(u, h) { " + strings.Repeat(`if (h == "x") return "X"; else `, 3000) + `return "E" }`, "E"},
		"many or":       {"function FindProxyForURL(u, h) { if (" + strings.Repeat(`h == "x" || `, 5000) + `h == "www.example.com") return "O" }`, "O"},
		"byte order":    {"\ufefffunction FindProxyForURL(u, h) { return \"B\" }", "B"},
		"closure":       {`function make(n) { return function () { n++; return n } } function FindProxyForURL(u, h) { var f = make(1); f(); return "" + f() }`, "3"},
		"feature asked": {`function FindProxyForURL(u, h) { if (typeof isInNetEx == "function" && isInNetEx(h, "::/0")) return "6"; return "4" }`, "4"},
	} {
		if got, err := find(t, c.script); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

// TestNotUnderstood: what this engine does not know, and what is wrong, is named with its line; nothing is guessed.
func TestNotUnderstood(t *testing.T) {
	in := func(body string) string { return "function FindProxyForURL(url, host) {\n" + body + "\n}" }
	for script, want := range map[string]string{
		in("return isInNetEx(host, 'x')"):                `line 2: "isInNetEx" is not understood`,
		in("var f = (a) => a;"):                          "line 2: functions that are written with =>",
		in("var f = a => a;"):                            "=>",
		in("try { x() } catch (e) {}"):                   `line 2: the statement "try"`,
		in("return `x`"):                                 "line 2: the character",
		in("return new Date()"):                          "new Date is not understood",
		in("return host.padStart(3)"):                    `line 2: "padStart" of a string`,
		in("return /(?=x)/.test(host)"):                  "the regular expression /(?=x)/",
		in("return /x/g.test(host)"):                     `the flag "g"`,
		in("let a = 1; { let a = 2; } return '' + a"):    `the second variable "a"`,
		in("if (host"):                                   `line 3: ")" is expected, not "}"`,
		in("return 010"):                                 "no number that all engines read alike",
		in("return 1"):                                   "FindProxyForURL returns no text",
		in("return this.x"):                              `"this" is not understood`,
		in("return 'a' in host"):                         `the operator "in"`,
		in("return nobody(host)"):                        `"nobody" is not understood`,
		in("var x; return x.y"):                          `nothing (undefined) has no "y"`,
		in("return 'x"):                                  "a string does not end on its line",
		"var x = 1;":                                     "no function FindProxyForURL",
		"function FindProxyForURL(u, h) { return 'x' ":   `"}" is missing at the end`,
		"<html><body>Sign in</body></html>":              "line 1:",
		"return 'DIRECT'":                                "return stands outside a function",
		strings.Repeat("(", 2000):                        "too many brackets",
		"x = 1" + strings.Repeat("+1", 5000):             "too many operators",
		"x = a" + strings.Repeat(".b", 5000):             "too many operators",
		strings.Repeat("a", MaxSize+1):                   "256 KB",
		in("while (true) {}"):                            "does not come to an end",
		in("return FindProxyForURL(url, host)"):          "too deeply",
		in("var s = 'aaaaaaaaaa'; while (true) s += s;"): "a text gets too long",
		in("var a = [], s = 'aaaaaaaa'; while (s.length < 300000) s += s; while (true) a.push(s + a.length)"): "too much memory",
		in("var a = []; a.push(a); return '' + a"):                                                            "contains itself",
		in("for (var i = 0; i < 99; i++) dnsResolve('n' + i + '.example')"):                                   "too many names",
	} {
		got, err := find(t, script)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %q, %v, want %q", script, got, err, want)
		}
	}
}

// TestInterrupted: a script ends with its context.
func TestInterrupted(t *testing.T) {
	s, err := Parse("function FindProxyForURL(u, h) { while (true) { u = h } }")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	if _, err := s.Find(ctx, machine(), "https://a/", "a"); err == nil || !strings.Contains(err.Error(), "takes too long") || time.Since(begun) > time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}

// TestURL: what a script is asked.
func TestURL(t *testing.T) {
	for want, got := range map[string]string{
		"http://a.example/": URL("a.example", "80", true), "http://a.example:8080/": URL("a.example", "8080", true),
		"https://a.example/": URL("a.example", "443", false), "https://[2001:db8::1]:22/": URL("2001:db8::1", "22", false),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// FuzzFind: no script brings the engine down, or keeps it.
func FuzzFind(f *testing.F) {
	f.Add("function FindProxyForURL(u, h) { if (shExpMatch(h, '*.a')) return 'PROXY a:1'; for (var i in [1]) u += i; return u }")
	f.Add("var a = { b: [1, /x/] }; FindProxyForURL = function (u) { switch (u) { case 1: break } return a.b[0] + '' }")
	for i := range 20 {
		f.Add(fmt.Sprintf("function FindProxyForURL(u, h) { return u.substr(%d, h) ? -%d >>> 1 : [u][%d] }", i-10, i, i))
	}
	f.Fuzz(func(t *testing.T, script string) {
		s, err := Parse(script)
		if err != nil {
			return
		}
		begun := time.Now()
		s.Find(t.Context(), machine(), "https://www.example.com/", "www.example.com")
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
