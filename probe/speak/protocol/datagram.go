package protocol

import "whyport/probe/evidence"

// Datagram is how a protocol is asked over UDP: one small, harmless request.
type Datagram struct {
	Ports []uint16
	// Ask makes a request; nonce is fresh for each try, so that an answer can be held against what was asked.
	Ask func(nonce [16]byte, port uint16) []byte
	// With makes the requests of all tries where they depend on what is known; it stands in for Ask and Again.
	With func(nonce [16]byte, try int, known Known) []byte
	// Again are requests for the tries after the first, where servers of other versions do not know that.
	Again []func(nonce [16]byte, port uint16) []byte
	// Silent is set where servers say nothing to strangers, or nothing at all: silence is what a healthy one says.
	Silent bool
	// AnyPort is set where the answer comes from another port.
	AnyPort bool
	// Bye is what ends what a reply has begun, nil where nothing is to be said.
	Bye func(reply, asked []byte) []byte
	// Read says what a reply to asked is; ok is false where it is not the protocol's answer to that.
	Read func(reply, asked []byte) (a Answer, ok bool)
}

// Known is what the person who asks knows; each may be empty.
type Known struct {
	Server    string // its name
	Community string // of SNMP
}

// Question is a port asked over UDP, with the requests of its tries. It is used by one goroutine.
type Question struct {
	port  uint16
	known Known
	row   *Protocol // nil: the number says nothing
	asked [][]byte
}

// Payload is the request of a try, from 0: another each time. Where the port has no usual protocol it is a single zero.
func (q *Question) Payload(try int) []byte {
	if q.row == nil {
		return []byte{0}
	}
	for len(q.asked) <= try {
		q.asked = append(q.asked, q.request(len(q.asked)))
	}
	return q.asked[try]
}

// request is made for the n-th try.
func (q *Question) request(n int) []byte {
	u := q.row.UDP
	switch again := u.Again; {
	case u.With != nil:
		return u.With(fresh(), n, q.known)
	case n > 0 && len(again) > 0:
		return again[(n-1)%len(again)](fresh(), q.port)
	}
	return u.Ask(fresh(), q.port)
}

// Bye is what is to be said after a reply; nil: nothing.
func (q *Question) Bye(reply []byte) []byte {
	if q.row == nil || q.row.UDP.Bye == nil {
		return nil
	}
	for _, asked := range q.asked {
		if bye := q.row.UDP.Bye(reply, asked); bye != nil {
			return bye
		}
	}
	return nil
}

// AnyPort reports whether the answer may come from another port than the one that is asked.
func (q *Question) AnyPort() bool { return q.row != nil && q.row.UDP.AnyPort }

// Silence says what no reply means: which protocol was asked, and whether its servers answer strangers. nil: the port's
// number says nothing.
func (q *Question) Silence() *evidence.Speech {
	if q.row == nil {
		return nil
	}
	out := &evidence.Speech{Usual: q.row.Name}
	if q.row.UDP.Silent {
		out.Notes = []string{evidence.NoteSilentByDesign}
	}
	return out
}

// bannerBytes of a reply are kept.
const bannerBytes = 512

// Read says what a reply is. Only a reply that answers one of the tries names the protocol.
func (q *Question) Read(reply []byte) *evidence.Speech {
	kept := reply[:min(len(reply), bannerBytes)]
	out := &evidence.Speech{Banner: &evidence.Banner{Bytes: kept, Truncated: len(kept) < len(reply), Provoked: true}}
	if q.row == nil {
		return out
	}
	out.Usual = q.row.Name
	for _, asked := range q.asked {
		a, ok := q.row.UDP.Read(reply, asked)
		if !ok {
			continue
		}
		out.Identified, out.Product, out.Code, out.Seen, out.Refers = q.row.Name, a.Product, a.Code, a.Seen, a.Refers
		if a.Refused {
			out.Notes = []string{evidence.NoteTurnedAway}
		}
		return out
	}
	return out
}
