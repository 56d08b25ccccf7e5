package verdict

import "whyport/probe/evidence"

// Proves reports whether a port's application shows where the server is: nothing nearer answered in its place.
func Proves(p *evidence.Port, h *evidence.Host) bool {
	o := observe(p, h)
	if !o.alive() || o.enteredUnexplained() {
		return false
	}
	if t := o.tls(); t != nil && t.Inspection.Sure() {
		return false
	}
	_, nearer := o.imposter()
	return !nearer && Judge(p, h).State == Open
}
