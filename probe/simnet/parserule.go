package simnet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"whyport/probe/evidence"
)

// parseRule reads "tcp dport 80 over 10/second drop": conditions, then an action.
func parseRule(hook string, all []string) (*rule, error) {
	r, w := &rule{hook: hook}, &words{all}
	for len(w.left) > 0 {
		word := w.next()
		condition, err := r.condition(word, w)
		switch {
		case err != nil:
			return nil, err
		case condition:
			continue
		}
		if err = r.action.parse(word, w); err == nil && len(w.left) > 0 {
			err = fmt.Errorf("%q stands behind the action", strings.Join(w.left, " "))
		}
		return r, err
	}
	return nil, fmt.Errorf("a rule ends with what it does")
}

// condition reads one; it is false if the word begins an action.
func (r *rule) condition(word string, w *words) (bool, error) {
	var err error
	switch word {
	case "ip":
		r.family = 4
	case "ip6":
		r.family = 6
	case "tcp":
		r.protocol = evidence.TCP
	case "udp":
		r.protocol = evidence.UDP
	case "dport":
		r.dport, err = parseSpans(w.next())
	case "sport":
		r.sport, err = parseSpans(w.next())
	case "with":
		if r.with = evidence.Extra(w.next()); !slices.Contains(evidence.Extras(), r.with) {
			err = fmt.Errorf("%q is no extra of a SYN", r.with)
		}
	case "over": // 10/second
		rate, isRate := strings.CutSuffix(w.next(), "/second")
		if r.over, err = strconv.ParseFloat(rate, 64); err != nil || !isRate {
			err = fmt.Errorf("a limit is a number and /second")
		}
		r.burst = 5 // nftables' default
	case "burst":
		r.burst, err = strconv.ParseFloat(w.next(), 64)
	case "after":
		r.after, err = strconv.Atoi(w.next())
	case "for":
		r.lasting, err = time.ParseDuration(w.next())
	default:
		return false, nil
	}
	return true, err
}

// parse reads an action.
func (a *action) parse(verb string, w *words) (err error) {
	a.verb = verb
	switch verb {
	case "drop", "synproxy":
	case "reject": // reject tcp-reset, reject admin-prohibited
		if a.code = w.next(); a.code == "tcp-reset" {
			a.verb = "reset"
		} else if _, known := kindOf(a.code); !known {
			err = fmt.Errorf("%q is no ICMP error", a.code)
		}
	case "reset":
		return a.parseTTL(w)
	case "answer": // answer window 0 ttl 64
		if w.next() != "window" {
			return fmt.Errorf("answer window N")
		}
		var n uint64
		n, err = strconv.ParseUint(w.next(), 10, 32)
		a.window = uint32(n)
		if err == nil {
			err = a.parseTTL(w)
		}
	case "redirect":
		var n uint64
		n, err = strconv.ParseUint(w.next(), 10, 16)
		a.port = uint16(n)
	case "dnat":
		a.to = w.next()
	case "loss": // loss 20%
		percent, _ := strings.CutSuffix(w.next(), "%")
		a.chance, err = strconv.ParseFloat(percent, 64)
		a.chance /= 100
	default:
		err = fmt.Errorf("unknown action %q", verb)
	}
	return err
}

func (a *action) parseTTL(w *words) error {
	if len(w.left) == 0 {
		return nil
	}
	if w.next() != "ttl" {
		return fmt.Errorf("ttl N")
	}
	n, err := strconv.ParseUint(w.next(), 10, 8)
	a.ttl = uint8(n)
	return err
}
