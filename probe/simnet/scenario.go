package simnet

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Scenario is a network with what is to be said of it.
type Scenario struct {
	Net     *Network
	Ports   []string      // "22", "53/udp"
	Targets [2]netip.Addr // IPv4, IPv6; not valid: none
	Syns    int           // at most so many are sent to one target; 0: no bound
	want    []expectation
}

// expectation is what is said of ports, in one family or (0) both.
type expectation struct {
	ports  spans
	family int
	said   string
}

// Want is the verdict that the scenario expects of a port in a family (4 or 6), in the words of the file.
func (s *Scenario) Want(port uint16, family int) string {
	for _, e := range s.want {
		if e.ports.has(port) && (e.family == 0 || e.family == family) {
			return e.said
		}
	}
	return ""
}

// Parse reads a scenario; see the package's comment for the format.
func Parse(text string) (*Scenario, error) {
	s := &Scenario{Net: newNetwork()}
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if err := s.line(words, strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", number, strings.TrimSpace(line), err)
		}
	}
	if len(s.Net.hops) == 0 {
		s.Net.setDefaultPath()
	}
	return s, s.Net.check()
}

// line reads one.
func (s *Scenario) line(words []string, text string) error {
	switch first := words[0]; {
	case first == "hop":
		return s.Net.addHop(words[1:])
	case first == "seed":
		return scan(words[1:], "%d", &s.Net.seed)
	case first == "test":
		return s.test(words[1:])
	case first == "at" && len(words) > 1 && words[1] == "most":
		return scan(words[2:3], "%d", &s.Syns)
	case first == "at":
		return s.aim(words[1:])
	case first[0] >= '0' && first[0] <= '9':
		return s.expect(text)
	default:
		return s.Net.state(words)
	}
}

// test reads the ports that are asked: "22 53/udp 1000-2000".
func (s *Scenario) test(words []string) error {
	for _, w := range words {
		ports, udp := strings.CutSuffix(w, "/udp")
		all, err := parseSpans(ports)
		if err != nil {
			return err
		}
		for _, r := range all {
			for port := int(r.first); port <= int(r.last); port++ {
				s.Ports = append(s.Ports, strconv.Itoa(port)+map[bool]string{true: "/udp"}[udp])
			}
		}
	}
	return nil
}

// expect reads "80 v4 open/syn-ack certain"; the first that fits a port holds.
func (s *Scenario) expect(text string) error {
	ports, said, _ := strings.Cut(text, " ")
	e := expectation{said: strings.TrimSpace(said)}
	for version, family := range map[string]int{"v4": 4, "v6": 6} {
		if rest, is := strings.CutPrefix(e.said, version+" "); is {
			e.family, e.said = family, strings.TrimSpace(rest)
		}
	}
	var err error
	e.ports, err = parseSpans(ports)
	s.want = append(s.want, e)
	return err
}

// aim sets the addresses that are asked in place of the server's: a node's, or some that are written out.
func (s *Scenario) aim(words []string) error {
	for _, w := range words {
		if o := s.Net.node(w); o != nil {
			s.Targets = [2]netip.Addr{o.v4, o.v6}
			continue
		}
		a, err := netip.ParseAddr(w)
		if err != nil {
			return fmt.Errorf("neither a node nor an address: %s", w)
		}
		s.Targets[family(a.Is6())] = a
	}
	return nil
}

// Target is what is asked in a family.
func (s *Scenario) Target(f int) netip.Addr {
	v6 := f == 6
	if t := s.Targets[family(v6)]; t.IsValid() {
		return t
	}
	return s.Net.hops[len(s.Net.hops)-1][0].addr(v6)
}
