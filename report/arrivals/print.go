// Package arrivals says what a listener (whyport listen) sees, as lines of text or of JSON.
package arrivals

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/farend"
	"whyport/probe/farend/listen"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Start is what is known when a listener begins.
type Start struct {
	Ports     []listen.Port
	Watched   []listen.Port // held by other programs: only seen on the wire
	Addresses []netip.Addr
	Captures  bool
	Token     string
	Code      string    // of "nothing arrived"; "": that could not be known
	Until     time.Time // zero: until Ctrl-C
	Tool      string    // version
	// Of a peer.
	Peer bool
	Meet uint16           // the port that is asked on beside those
	Has  []farend.PortHas // what the server has on each port; nil: the system does not tell
}

// Printer writes what happens.
type Printer interface {
	Begin(Start) error
	Event(listen.Event) error
	End(turned int) error
}

// New makes one.
func New(w io.Writer, asJSON bool) Printer {
	if asJSON {
		return &lines{out: w}
	}
	return &text{out: w, told: map[string]time.Time{}}
}

// text is for people: a line an arrival, but not for each of the many connections of one check.
type text struct {
	out  io.Writer
	told map[string]time.Time
}

// Lines that say the same are written again after so long; so many are remembered.
const (
	again   = time.Minute
	maxTold = 4096
)

func (t *text) Begin(s Start) error {
	until := "until Ctrl-C"
	if !s.Until.IsZero() {
		until = "until " + clock(s.Until)
	}
	var b strings.Builder
	if s.Peer {
		b.WriteString(has(s))
	}
	if len(s.Ports) == 0 {
		fmt.Fprintf(&b, "Answering on TCP %d, %s.\n", s.Meet, until)
	} else {
		fmt.Fprintf(&b, "Listening on %s, %s.\n", listed(s.Ports), until)
	}
	if len(s.Watched) > 0 {
		fmt.Fprintf(&b, "Other programs have %s: what arrives there is seen, and not answered.\n", listed(s.Watched))
	}
	fmt.Fprintf(&b, "\nOn the client type:\n   %s\n", Command(s))
	if len(s.Addresses) > 1 {
		fmt.Fprintf(&b, "   (or another address of this computer: %s)\n", joined(s.Addresses[1:]))
	}
	if s.Code != "" {
		fmt.Fprintf(&b, "If the client says that the listener could not be asked: add --code %s there.\n", s.Code)
		b.WriteString("That says that nothing arrived. Where a line below shows another code, take that one.\n")
	}
	b.WriteString("\n")
	_, err := io.WriteString(t.out, b.String())
	return err
}

func (t *text) Event(e listen.Event) error {
	line := fmt.Sprintf("%-21s -> %s %-5d  %s", phrase.Clean(e.Source.Addr().String()), strings.ToUpper(string(e.Protocol)), e.Port, saying(e))
	if now, last := e.At, t.told[line]; !last.IsZero() && now.Sub(last) < again {
		return nil
	}
	if len(t.told) >= maxTold {
		clear(t.told)
	}
	t.told[line] = e.At
	_, err := fmt.Fprintf(t.out, "%s  %s  (source port %d)\n", clock(e.At), line, e.Source.Port())
	return err
}

// saying is what is said of an arrival.
func saying(e listen.Event) string {
	switch e.How {
	case listen.SaidToken:
		return "whyport check with the token"
	case listen.SaidTLS:
		return "connected, began TLS"
	case listen.SaidHTTP:
		return "connected, asked for a page"
	case listen.SaidPlain:
		return "connected, said something else"
	case listen.SaidNothing:
		return "connected, said nothing"
	case listen.Datagram:
		return "a datagram without the token"
	case listen.HalfOpen:
		return "SYN arrived; the answer is lost on the way back" + codeOf(e)
	case listen.Unanswered:
		return "SYN arrived; no answer left this computer. Its own firewall, a full queue or a missing route may be why" + codeOf(e)
	}
	return phrase.Clean(e.How)
}

func codeOf(e listen.Event) string {
	if e.Code == "" {
		return ""
	}
	return ". Code for this client: " + e.Code
}

func (t *text) End(turned int) error {
	if turned == 0 {
		_, err := io.WriteString(t.out, "\nEnded.\n")
		return err
	}
	_, err := fmt.Fprintf(t.out, "\nEnded. %d connections or packets were too many, and got no answer.\n", turned)
	return err
}

// Command is what is typed at the client.
func Command(s Start) string {
	host := "SERVER"
	if len(s.Addresses) > 0 {
		host = s.Addresses[0].String()
	}
	var ports []string
	all := slices.Concat(s.Ports, s.Watched)
	for _, h := range s.Has {
		if p := (listen.Port{Port: h.Port, Protocol: h.Protocol}); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	for _, p := range all {
		name := fmt.Sprint(p.Port)
		if p.Protocol == evidence.UDP {
			name += "/udp"
		}
		ports = append(ports, name)
	}
	line := fmt.Sprintf("whyport check %s -p %s --token %s", host, strings.Join(ports, ","), s.Token)
	if s.Meet != 0 {
		line += fmt.Sprintf(" --meet %d", s.Meet)
	}
	return line
}

// has says what this computer has on each port, as the client will.
func has(s Start) string {
	var b strings.Builder
	for _, h := range s.Has {
		for _, sentence := range words.ServerHas(&h.Has) {
			fmt.Fprintf(&b, "%s %d: %s\n", strings.ToUpper(string(h.Protocol)), h.Port, sentence)
		}
	}
	if s.Has == nil {
		b.WriteString("This system does not tell which programs wait on ports.\n")
	}
	return b.String() + "\n"
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05.0 UTC") }

func listed(ports []listen.Port) string {
	var all []phrase.Ports
	for _, p := range ports {
		all = append(all, phrase.Ports{Protocol: string(p.Protocol), Numbers: []uint16{p.Port}})
	}
	return phrase.PortList(all...)
}

func joined(all []netip.Addr) string {
	var out []string
	for _, a := range all {
		out = append(out, phrase.Clean(a.String()))
	}
	return strings.Join(out, ", ")
}
