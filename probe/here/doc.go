// Package here looks at this computer's own way out, before any server is asked: addresses and interfaces, where the routing
// table leads, whether the gateway and the name servers answer, which proxies are set. Nothing of it gets farther than
// to the gateway and to the name servers that the computer is set to, but for a page that the person names.
//
//	machine    what the system tells; nothing is sent            (machine.go)
//	gateway    does the next router answer?                      (gateway.go)
//	portal     does the person's page come, or a login page?     (portal.go)
//	findings   what of it is worth saying; a pure function       (findings.go, tunnels.go)
package here
