//go:build unix && !darwin && (!linux || whyport_portable)

package socket

import "whyport/probe/evidence"

// icmpListener hears nothing: these systems show ICMP errors to administrators only.
type icmpListener struct{}

func listenICMP(Request) icmpListener { return icmpListener{} }

// heard is never sure, because FreeBSD (tcp_ctlinput) and others report port and administratively prohibited
// errors as ECONNREFUSED too.
func (icmpListener) heard(handle) (*evidence.ICMP, bool) { return nil, false }

func (icmpListener) close() {}

func (handle) tcpInfo() *evidence.TCPInfo { return nil }

// ToldICMP says whether an attempt tells the ICMP error that ended it, and who sent that: see heard.
const ToldICMP = "no"
