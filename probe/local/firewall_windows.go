package local

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

const (
	ownPolicy   = `SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`
	groupPolicy = `SOFTWARE\Policies\Microsoft\WindowsFirewall`
)

// firewalls is the Windows Defender Firewall: its profiles and rules stand in the registry, where everybody may read them; what
// the domain's policy says comes first.
func firewalls(context.Context) (out []Firewall) {
	rules := windowsRules{}
	for _, root := range []string{groupPolicy, ownPolicy} {
		rules = append(rules, rulesIn(root+`\FirewallRules`)...)
	}
	for _, profile := range []struct{ name, key string }{
		{"domain", "DomainProfile"}, {"private", "StandardProfile"}, {"public", "PublicProfile"},
	} {
		w := Firewall{Name: "Windows Defender Firewall, " + profile.name + " networks", State: Unknown, Ask: "wf.msc"}
		own := profile.key
		for _, key := range []string{groupPolicy + `\` + profile.key, groupPolicy + `\` + groupName(own), ownPolicy + `\` + own} {
			on, ok := number(key, "EnableFirewall")
			if !ok {
				continue
			}
			w.Evidence, w.State = `registry: HKLM\`+key, Off
			if on != 0 {
				w.State = On
				byDefault, set := number(key, "DefaultInboundAction")
				w.Rules = windowsProfile{profile.name, rules, set && byDefault == 0}
			}
			break
		}
		out = append(out, w)
	}
	return out
}

// groupName: the policy's own keys call the private profile so, too ([MS-GPFAS], 2.2.3).
func groupName(key string) string {
	if key == "StandardProfile" {
		return "PrivateProfile"
	}
	return key
}

func number(key, name string) (uint64, bool) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, key, registry.QUERY_VALUE)
	if err != nil {
		return 0, false
	}
	defer k.Close()
	n, _, err := k.GetIntegerValue(name)
	return n, err == nil
}

func rulesIn(key string) (out windowsRules) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, key, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer k.Close()
	names, _ := k.ReadValueNames(-1)
	for _, n := range names {
		if text, _, err := k.GetStringValue(n); err == nil {
			if r, ok := parseWindowsRule(text); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// ToldFirewall says what an ordinary user is told of this computer's own firewall.
const ToldFirewall = "its rules"
