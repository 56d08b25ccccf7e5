package local

import (
	"testing"
)

const nftHead = `{"nftables": [{"metainfo": {"json_schema_version": 1}}, {"table": {"family": "inet", "name": "filter", "handle": 1}},
 {"chain": {"family": "inet", "table": "filter", "name": "input", "handle": 1,
  "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
 {"chain": {"family": "inet", "table": "filter", "name": "web", "handle": 2}}`

func nftRules(t *testing.T, rules ...string) *ruleset {
	t.Helper()
	text := nftHead
	for _, r := range rules {
		text += `, {"rule": {"family": "inet", "table": "filter", "chain": ` + r + `}}`
	}
	parsed, err := parseNFT([]byte(text + "]}"))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestNFT follows rules as nft --json lists them.
func TestNFT(t *testing.T) {
	dport := func(right string) string {
		return `{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": ` + right + `}}`
	}
	const accept, drop = `{"accept": null}`, `{"drop": null}`
	in := func(expr string) string { return `"input", "handle": 5, "expr": [` + expr + `]` }
	web := func(expr string) string { return `"web", "handle": 6, "expr": [` + expr + `]` }
	from := `{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
		"right": {"prefix": {"addr": "10.0.0.0", "len": 8}}}}`
	lo := `{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lo"}}`
	old := `{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}`
	six := `{"match": {"op": "==", "left": {"meta": {"key": "nfproto"}}, "right": "ipv6"}}`
	for name, c := range map[string]struct {
		rules []string
		want  Answer
	}{
		"policy alone":       {nil, KeptOut},
		"a rule for it":      {[]string{in(dport("22") + "," + accept)}, LetIn},
		"a rule for another": {[]string{in(dport("23") + "," + accept)}, KeptOut},
		"a set":              {[]string{in(dport(`{"set": [80, {"range": [20, 25]}]}`) + "," + accept)}, LetIn},
		"a set without it":   {[]string{in(dport(`{"set": [80, {"range": [23, 25]}]}`) + "," + accept)}, KeptOut},
		"a named set":        {[]string{in(dport(`"@open"`) + "," + accept)}, Some},
		"some senders":       {[]string{in(from + "," + dport("22") + "," + accept)}, Some},
		"loopback":           {[]string{in(lo + "," + accept)}, KeptOut},
		"established":        {[]string{in(old + "," + accept)}, KeptOut},
		"dropped before":     {[]string{in(dport("22") + "," + drop), in(dport("22") + "," + accept)}, KeptOut},
		"jump":               {[]string{in(`{"jump": {"target": "web"}}`), web(dport("22") + "," + accept)}, LetIn},
		"jump, and back": {[]string{in(`{"jump": {"target": "web"}}`), web(dport("23") + "," + accept),
			in(dport("22") + "," + accept)}, LetIn},
		"one family":              {[]string{in(six + "," + dport("22") + "," + accept)}, Some},
		"iptables' own condition": {[]string{in(`{"xt": {"type": "match", "name": "multiport"}},` + accept)}, Some},
		"a map": {[]string{in(`{"vmap": {"key": {"payload": {"protocol": "tcp", "field": "dport"}},
			"data": {"set": [[22, {"accept": null}], [23, {"drop": null}]]}}}`)},
			LetIn},
		"circle": {[]string{in(`{"jump": {"target": "web"}}`), web(`{"jump": {"target": "web"}}`)}, Some},
	} {
		s := with(waits("tcp", "[::]:22"), func(s *Socket) { s.V6Only = new(false) })
		if got := nftRules(t, c.rules...).Admits(&s); got.Answer != c.want {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
	s := waits("udp", "0.0.0.0:22")
	if got := nftRules(t, in(dport("22")+","+accept)).Admits(&s); got.Answer != KeptOut || got.Rule != "policy of chain inet filter input" {
		t.Errorf("UDP: %+v", got)
	}
}

// TestWindowsRules: by the grammar of [MS-GPFAS], 2.2.2.19.
func TestWindowsRules(t *testing.T) {
	const app = `App=C:\Web\web.exe|`
	for name, c := range map[string]struct {
		rules []string
		want  Answer
	}{
		"none":            {nil, KeptOut},
		"port":            {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Name=Web|"}, LetIn},
		"range":           {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort2_10=79-81|Name=Web|"}, LetIn},
		"not at work":     {[]string{"v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=80|Name=Web|"}, KeptOut},
		"outgoing":        {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=80|Name=Web|"}, KeptOut},
		"UDP":             {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=80|Name=Web|"}, KeptOut},
		"its program":     {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|" + app + "Name=Web|"}, LetIn},
		"another program": {[]string{`v2.31|Action=Allow|Active=TRUE|Dir=In|App=C:\Other\web.exe|Name=Web|`}, KeptOut},
		"by a variable":   {[]string{`v2.31|Action=Allow|Active=TRUE|Dir=In|App=%SystemDrive%\Web\web.exe|Name=Web|`}, LetIn},
		"block wins": {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Name=Web|",
			"v2.31|Action=Block|Active=TRUE|Dir=In|" + app + "Name=No|"}, KeptOut},
		"some senders":    {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|RA4=LocalSubnet|Name=Web|"}, Some},
		"another network": {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Profile=Domain|Name=Web|"}, KeptOut},
		"two networks":    {[]string{"v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=80|Profile=Domain|Profile=Public|Name=Web|"}, LetIn},
	} {
		var rules windowsRules
		for _, text := range c.rules {
			if r, ok := parseWindowsRule(text); ok {
				rules = append(rules, r)
			}
		}
		s := waits("tcp", "0.0.0.0:80", Process{PID: 7, Name: "web.exe", Path: `c:\web\Web.exe`})
		if got := (windowsProfile{"public", rules, false}).Admits(&s); got.Answer != c.want {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

// TestGate: what keeps out counts before what can't be read, and a program that writes rules only where the rules can't be read.
func TestGate(t *testing.T) {
	rules := nftRules(t)
	manager := Firewall{Name: "ufw", State: On, Manager: true, Ask: "sudo ufw status"}
	filter := Firewall{Name: "nftables", State: On, Rules: rules}
	hidden := Firewall{Name: "nftables", State: Unknown, Ask: "sudo nft list ruleset"}
	for name, c := range map[string]struct {
		walls []Firewall
		at    string
		want  Gate
	}{
		"none": {nil, "0.0.0.0:80", Gate{}},
		"off":  {[]Firewall{{Name: "x", State: Off}}, "0.0.0.0:80", Gate{}},
		"rules": {[]Firewall{manager, filter}, "0.0.0.0:80", Gate{Answer: KeptOut, Firewall: "nftables",
			Rule: "policy of chain inet filter input"}},
		"not read":      {[]Firewall{manager, hidden}, "0.0.0.0:80", Gate{Answer: Unread, Firewall: "ufw", Ask: "sudo ufw status"}},
		"loopback only": {[]Firewall{filter}, "127.0.0.1:80", Gate{}},
	} {
		f := computer(waits("tcp", c.at))
		f.Firewalls = c.walls
		if got := f.Gate(&f.All[0]); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
