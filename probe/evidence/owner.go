package evidence

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Owner is the registrable part of a name, which is one owner's as far as names tell; an address is its own.
func Owner(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err == nil && strings.ContainsAny(name, "abcdefghijklmnopqrstuvwxyz") {
		return domain
	}
	return name
}
