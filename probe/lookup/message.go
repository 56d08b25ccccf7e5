package lookup

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/evidence"
)

const (
	extendedErrorOption = 15   // RFC 8914, 2
	datagramSize        = 1232 // that is accepted: fits every path (RFC 6891, 6.2.5; DNS flag day 2020)
	maxAddresses        = 64   // of an answer that are kept: it is evidence only
	maxText             = 200  // bytes of an extended error's text
	maxExtended         = 8
)

// query asks for the addresses of a name; with edns, the server may say more (RFC 6891).
func query(id uint16, name string, family evidence.Family, edns bool) ([]byte, error) {
	n, err := dnsmessage.NewName(strings.TrimSuffix(name, ".") + ".")
	if err != nil {
		return nil, err
	}
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: id, RecursionDesired: true})
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(dnsmessage.Question{Name: n, Type: recordType(family), Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	if edns {
		var h dnsmessage.ResourceHeader
		if err := b.StartAdditionals(); err != nil {
			return nil, err
		}
		if err := h.SetEDNS0(datagramSize, dnsmessage.RCodeSuccess, false); err != nil {
			return nil, err
		}
		if err := b.OPTResource(h, dnsmessage.OPTResource{}); err != nil {
			return nil, err
		}
	}
	return b.Finish()
}

func recordType(f evidence.Family) dnsmessage.Type {
	if f == evidence.IPv6 {
		return dnsmessage.TypeAAAA
	}
	return dnsmessage.TypeA
}

// belongs reports whether a message answers a query: same number, same question. Some servers leave the question out of an
// error.
func belongs(message, query []byte) bool {
	const header, response = 12, 0x80
	if len(message) < header || len(query) < header || message[0] != query[0] || message[1] != query[1] || message[2]&response == 0 {
		return false
	}
	if binary.BigEndian.Uint16(message[4:]) == 0 {
		return true
	}
	var theirs, ours dnsmessage.Parser
	if _, err := theirs.Start(message); err != nil {
		return true // it is read, and found to be garbled
	}
	ours.Start(query)
	a, err := theirs.Question()
	b, _ := ours.Question()
	return err != nil || a.Type == b.Type && strings.EqualFold(a.Name.String(), b.Name.String())
}

// read takes from a message what it says. What can't be read of it is left out, and makes the answer a garbled one.
func read(message []byte, into *evidence.NameAnswer) {
	into.End, into.Addresses, into.Extended = evidence.Garbled, nil, nil
	var p dnsmessage.Parser
	h, err := p.Start(message)
	if err != nil || p.SkipAllQuestions() != nil {
		return
	}
	into.Truncated, into.RCode = into.Truncated || h.Truncated, rcodeName(h.RCode)
	if !readAddresses(&p, into) && !h.Truncated {
		return
	}
	into.End = evidence.Answered
	if p.SkipAllAuthorities() == nil {
		readOption(&p, h.RCode, into)
	}
}

// readAddresses takes the addresses of the answer section; false: it ends too early.
func readAddresses(p *dnsmessage.Parser, into *evidence.NameAnswer) bool {
	for {
		h, err := p.AnswerHeader()
		if err != nil {
			return err == dnsmessage.ErrSectionDone
		}
		var found netip.Addr
		switch {
		case h.Type == dnsmessage.TypeA && into.Family == evidence.IPv4:
			var r dnsmessage.AResource
			r, err = p.AResource()
			found = netip.AddrFrom4(r.A)
		case h.Type == dnsmessage.TypeAAAA && into.Family == evidence.IPv6:
			var r dnsmessage.AAAAResource
			r, err = p.AAAAResource()
			found = netip.AddrFrom16(r.AAAA).Unmap()
		default:
			err = p.SkipAnswer()
		}
		if err != nil {
			return false
		}
		if found.IsValid() && len(into.Addresses) < maxAddresses {
			into.Addresses = append(into.Addresses, found)
		}
	}
}

// readOption looks for what EDNS says: the upper bits of the code, and extended errors.
func readOption(p *dnsmessage.Parser, rcode dnsmessage.RCode, into *evidence.NameAnswer) {
	for {
		h, err := p.AdditionalHeader()
		if err != nil {
			return
		}
		if h.Type != dnsmessage.TypeOPT {
			if p.SkipAdditional() != nil {
				return
			}
			continue
		}
		into.RCode = rcodeName(h.ExtendedRCode(rcode))
		r, err := p.OPTResource()
		if err != nil {
			return
		}
		for _, o := range r.Options {
			if o.Code == extendedErrorOption && len(o.Data) >= 2 && len(into.Extended) < maxExtended {
				into.Extended = append(into.Extended, evidence.ExtendedError{Code: binary.BigEndian.Uint16(o.Data), Text: text(o.Data[2:])})
			}
		}
	}
}

// text is UTF-8 that some end with a NUL (RFC 8914, 2).
func text(b []byte) string {
	if len(b) > maxText {
		b = b[:maxText]
	}
	return strings.TrimSpace(strings.TrimRight(strings.ToValidUTF8(string(b), ""), "\x00"))
}

// rcodeName is IANA's name of a response code.
func rcodeName(c dnsmessage.RCode) string {
	names := map[dnsmessage.RCode]string{
		0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED", 9: "NOTAUTH", 16: "BADVERS",
	}
	if n := names[c]; n != "" {
		return n
	}
	return "RCODE" + strconv.Itoa(int(c))
}
