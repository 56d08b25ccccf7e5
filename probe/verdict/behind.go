package verdict

import "whyport/probe/evidence"

// refusedBehind reports that a device accepted, asked the server only then, and passed its refusal on. A SYN proxy lets
// nothing be sent (window 0) before it knows, and resets where the server refuses (netfilter's SYNPROXY); a relay hangs up
// when its own connection fails, which takes the time of the way behind it; a device that hangs up of itself does so at once.
func (o *observed) refusedBehind() bool {
	t := o.tls()
	if o.here() || !o.connected() || o.alive() || t == nil || t.State != evidence.TLSReset && t.State != evidence.TLSEOF {
		return false
	}
	if o.noWindow() {
		return true
	}
	took := o.entryTook()
	_, nearer := o.imposter()
	return nearer && t.Handshake > took+took/2+Worth
}

func refusedBehind(o *observed) Verdict {
	return Verdict{State: Unknown, Reason: MiddleboxAnswer, Confidence: Likely, Caveats: []Caveat{NothingSpoke},
		Where: &Where{Party: Server, Address: o.port.Addr, Confidence: Possible}}
}
