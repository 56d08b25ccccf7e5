package local

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// packet is the first of a connection from elsewhere; what it does not say, such as the sender, can be anything.
type packet struct {
	protocol string
	port     int
	v6       bool
}

// truth has a third value, for what depends on the sender.
type truth int

const (
	no truth = iota
	maybe
	yes
)

func both(a, b truth) truth { return min(a, b) }

func is(condition bool) truth {
	if condition {
		return yes
	}
	return no
}

// match judges one condition.
func (p packet) match(body json.RawMessage) truth {
	var m struct {
		Op          string
		Left, Right json.RawMessage
	}
	if json.Unmarshal(body, &m) != nil {
		return maybe
	}
	t := p.compare(m.Left, m.Right)
	switch m.Op {
	case "==", "in":
		return t
	case "!=":
		return yes - t
	}
	return maybe
}

// compare judges whether what left names has a value that right has.
func (p packet) compare(left, right json.RawMessage) truth {
	var l struct {
		Payload *struct{ Protocol, Field string }
		Meta    *struct{ Key string }
		Ct      *struct{ Key string }
		Fib     *struct {
			Result string
			Flags  []string
		}
	}
	if json.Unmarshal(left, &l) != nil {
		return maybe
	}
	switch {
	case l.Payload != nil:
		return p.payload(l.Payload.Protocol, l.Payload.Field, right)
	case l.Meta != nil:
		return p.meta(l.Meta.Key, right)
	case l.Ct != nil && l.Ct.Key == "state":
		return has(right, func(s string) truth { return is(s == "new") })
	case l.Fib != nil && l.Fib.Result == "type" && slices.Equal(l.Fib.Flags, []string{"daddr"}):
		return has(right, func(s string) truth { return is(s == "local") })
	}
	return maybe
}

func (p packet) payload(protocol, field string, right json.RawMessage) truth {
	switch protocol {
	case "tcp", "udp", "th":
		if protocol != "th" && protocol != p.protocol {
			return no
		}
		if field == "dport" {
			return has(right, p.isPort)
		}
		if field == "flags" {
			return maybe
		}
	case "ip", "ip6":
		if (protocol == "ip6") != p.v6 {
			return no
		}
		if field == "protocol" || field == "nexthdr" {
			return has(right, p.isProtocol)
		}
	case "icmp", "icmpv6", "igmp", "esp", "ah", "sctp", "dccp", "udplite":
		return no
	}
	return maybe
}

func (p packet) meta(key string, right json.RawMessage) truth {
	switch key {
	case "l4proto":
		return has(right, p.isProtocol)
	case "nfproto":
		return has(right, func(s string) truth { return is((s == "ipv6") == p.v6) })
	case "iifname", "iif":
		return has(right, func(s string) truth {
			if s == "lo" {
				return no
			}
			return maybe
		})
	}
	return maybe
}

func (p packet) isPort(s string) truth {
	from, to, ranged := strings.Cut(s, "-")
	first, err := strconv.Atoi(from)
	last := first
	if err == nil && ranged {
		last, err = strconv.Atoi(to)
	}
	if err != nil {
		return maybe
	}
	return is(first <= p.port && p.port <= last)
}

func (p packet) isProtocol(s string) truth {
	return is(s == p.protocol || p.protocol == "tcp" && s == "6" || p.protocol == "udp" && s == "17")
}

// has judges each value that right stands for; one that holds is enough. Ranges come as "first-last", a named set can have anything.
func has(right json.RawMessage, one func(string) truth) (best truth) {
	var list []json.RawMessage
	var object struct {
		Set   json.RawMessage
		Range []json.RawMessage
		Elem  *struct{ Val json.RawMessage }
	}
	switch {
	case json.Unmarshal(right, &list) == nil:
		for _, r := range list {
			best = max(best, has(r, one))
		}
		return best
	case json.Unmarshal(right, &object) == nil:
		switch {
		case object.Set != nil:
			return has(object.Set, one)
		case object.Elem != nil:
			return has(object.Elem.Val, one)
		case len(object.Range) == 2:
			return one(text(object.Range[0]) + "-" + text(object.Range[1]))
		}
		return maybe
	}
	s := text(right)
	if strings.HasPrefix(s, "@") {
		return maybe
	}
	if s == "*" {
		return yes
	}
	return one(s)
}

// text is a string or a number as text.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
