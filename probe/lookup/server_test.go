package lookup

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"whyport/probe/evidence"
)

// reply is what the test's name server says of one name and type.
type reply struct {
	addresses []string
	rcode     dnsmessage.RCode
	extended  []evidence.ExtendedError
	cut       bool // over UDP truncated, without addresses
	drop      bool // no answer
	raw       []byte
}

// nameServer answers on loopback, by "A name" or "AAAA name", then by "A *" or "AAAA *"; anything else does not exist.
type nameServer struct {
	addr    netip.AddrPort
	mu      sync.Mutex
	asked   []string
	replies map[string]reply
}

// serve starts a name server; without tcp, nobody accepts there.
func serve(t *testing.T, tcp bool, replies map[string]reply) *nameServer {
	t.Helper()
	var l net.Listener
	var c net.PacketConn
	var err error
	for range 20 { // the port may be taken in the other protocol
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if c, err = net.ListenPacket("udp", l.Addr().String()); err == nil {
			break
		}
		l.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{addr: netip.MustParseAddrPort(l.Addr().String()), replies: replies}
	t.Cleanup(func() { c.Close(); l.Close() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if m := s.answer(b[:n], true); m != nil {
				c.WriteTo(m, from)
			}
		}
	}()
	if !tcp {
		l.Close()
		return s
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				size := make([]byte, 2)
				for {
					if _, err := io.ReadFull(c, size); err != nil {
						return
					}
					b := make([]byte, binary.BigEndian.Uint16(size))
					if _, err := io.ReadFull(c, b); err != nil {
						return
					}
					if m := s.answer(b, false); m != nil {
						c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(m))), m...))
					}
				}
			}()
		}
	}()
	return s
}

func (s *nameServer) answer(query []byte, udp bool) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q, edns := m.Questions[0], len(m.Additionals) > 0
	kind := strings.TrimPrefix(q.Type.String(), "Type")
	name := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	s.mu.Lock()
	s.asked = append(s.asked, kind+" "+name)
	s.mu.Unlock()
	r, ok := s.replies[kind+" "+name]
	if !ok {
		if r, ok = s.replies[kind+" *"]; !ok {
			r = reply{rcode: dnsmessage.RCodeNameError}
		}
	}
	if r.drop {
		return nil
	}
	if r.raw != nil {
		return append(append([]byte{}, query[:2]...), r.raw...)
	}
	m.Response, m.RecursionAvailable, m.RCode, m.Additionals = true, true, r.rcode&0xf, nil
	m.Truncated = r.cut && udp
	for _, a := range r.addresses {
		if !m.Truncated {
			m.Answers = append(m.Answers, record(q.Name, netip.MustParseAddr(a)))
		}
	}
	if edns {
		m.Additionals = []dnsmessage.Resource{option(r)}
	}
	b, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return b
}

func record(name dnsmessage.Name, a netip.Addr) dnsmessage.Resource {
	h := dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: 60}
	if a.Is4() {
		return dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: a.As4()}}
	}
	return dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}}
}

func option(r reply) dnsmessage.Resource {
	var h dnsmessage.ResourceHeader
	h.SetEDNS0(1232, r.rcode, false)
	body := &dnsmessage.OPTResource{}
	for _, e := range r.extended {
		body.Options = append(body.Options, dnsmessage.Option{Code: 15, Data: append(binary.BigEndian.AppendUint16(nil, e.Code), e.Text...)})
	}
	return dnsmessage.Resource{Header: h, Body: body}
}

func (s *nameServer) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// count is how often a question came.
func (s *nameServer) count(question string) (n int) {
	for _, q := range s.questions() {
		if strings.HasPrefix(q, question) {
			n++
		}
	}
	return n
}

// config has the server as this computer's only one, for Go's own resolver, too.
func (s *nameServer) config(t *testing.T) Config {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, s.addr.String())
	}
	return Config{System: &net.Resolver{PreferGo: true, Dial: dial}, Servers: []netip.AddrPort{s.addr}, HostsFile: t.TempDir() + "/none",
		Hostname: "client.test"}
}

// always is the same reply to all questions.
func always(rcode dnsmessage.RCode, extended ...evidence.ExtendedError) map[string]reply {
	r := reply{rcode: rcode, extended: extended}
	return map[string]reply{"A *": r, "AAAA *": r}
}
