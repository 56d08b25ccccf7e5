//go:build !linux && !windows && !darwin

package local

import "context"

func firewalls(context.Context) []Firewall { return nil }

// ToldFirewall says what an ordinary user is told of this computer's own firewall.
const ToldFirewall = "no"
