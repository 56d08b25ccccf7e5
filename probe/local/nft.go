package local

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// ruleset is what nft lists (libnftables-json(5)).
type ruleset struct {
	base   []*chain
	chains map[string]*chain
}

type chain struct {
	Family, Table, Name, Type, Hook, Policy string
	rules                                   []rule
}

type rule struct {
	Family, Table, Chain string
	Handle               int
	Expr                 []map[string]json.RawMessage
}

func (c *chain) key(name string) string { return c.Family + " " + c.Table + " " + name }

func parseNFT(text []byte) (*ruleset, error) {
	var list struct {
		Nftables []struct {
			Chain *chain
			Rule  *rule
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	out := &ruleset{chains: map[string]*chain{}}
	for _, object := range list.Nftables {
		if c := object.Chain; c != nil {
			out.chains[c.key(c.Name)] = c
			if c.Type == "filter" && (c.Hook == "input" || c.Hook == "prerouting") && slices.Contains([]string{"ip", "ip6", "inet"}, c.Family) {
				out.base = append(out.base, c)
			}
		}
	}
	for _, object := range list.Nftables {
		if r := object.Rule; r != nil {
			if c := out.chains[r.Family+" "+r.Table+" "+r.Chain]; c != nil {
				c.rules = append(c.rules, *r)
			}
		}
	}
	return out, nil
}

// any reports that something is done with what comes in.
func (r *ruleset) any() bool {
	return slices.ContainsFunc(r.base, func(c *chain) bool { return len(c.rules) > 0 || c.Policy == "drop" })
}

// Admits follows the rules as a new connection from elsewhere would.
func (r *ruleset) Admits(s *Socket) Gate {
	end := outcome{}
	a := s.Local.Addr()
	for _, v6 := range []bool{false, true} {
		if v6 && a.Unmap().Is4() || !v6 && a.Is6() && !a.Is4In6() && (s.V6Only == nil || *s.V6Only || !s.wildcard()) {
			continue
		}
		end = end.or(r.family(packet{string(s.Protocol), int(s.Local.Port()), v6}))
	}
	switch {
	case end.accept != nil && end.drop != nil:
		return Gate{Answer: Some, Rule: end.drop.where()}
	case end.drop != nil:
		return Gate{Answer: KeptOut, Rule: end.drop.where()}
	}
	return Gate{Answer: LetIn, Rule: end.accept.where()}
}

// family is what becomes of a packet in all base chains: each must let it pass.
func (r *ruleset) family(p packet) (end outcome) {
	for _, c := range r.base {
		if c.Family == "ip" && p.v6 || c.Family == "ip6" && !p.v6 {
			continue
		}
		one := r.walk(c, p, 0)
		if one.through {
			at := &place{chain: c}
			if c.Policy == "drop" {
				one.drop = first(one.drop, at)
			} else {
				one.accept = first(one.accept, at)
			}
		}
		if one.drop != nil && one.accept == nil {
			return outcome{drop: one.drop}
		}
		end = end.or(one)
	}
	if end.accept == nil && end.drop == nil {
		end.accept = &place{}
	}
	return end
}

// place is where something is decided: a rule, or a chain's policy.
type place struct {
	chain *chain
	rule  *rule
}

func (p *place) where() string {
	switch {
	case p == nil || p.chain == nil:
		return ""
	case p.rule == nil:
		return fmt.Sprintf("policy of chain %s %s %s", p.chain.Family, p.chain.Table, p.chain.Name)
	}
	return fmt.Sprintf("rule %d of chain %s %s %s", p.rule.Handle, p.chain.Family, p.chain.Table, p.chain.Name)
}

func first(a, b *place) *place {
	if a != nil && a.rule != nil {
		return a
	}
	return b
}

// outcome is all that can become of a packet, and where; rules that name senders or interfaces leave several ends open.
type outcome struct {
	accept, drop *place
	through      bool // to the end of the chain
}

func (o outcome) or(other outcome) outcome {
	if o.accept == nil {
		o.accept = other.accept
	}
	if o.drop == nil {
		o.drop = other.drop
	}
	return outcome{o.accept, o.drop, o.through || other.through}
}

// deepest bounds jumps (the kernel's limit is 16, NFT_JUMP_STACK_SIZE).
const deepest = 16

func (r *ruleset) walk(c *chain, p packet, depth int) (end outcome) {
	if depth > deepest {
		return outcome{accept: &place{chain: c}, drop: &place{chain: c}}
	}
	for i := range c.rules {
		one := &c.rules[i]
		matched := yes
		for _, statement := range one.Expr {
			for kind, body := range statement {
				switch kind {
				case "match":
					matched = both(matched, p.match(body))
				case "limit", "xt", "quota", "connlimit", "ct count":
					matched = both(matched, maybe)
				}
			}
		}
		if matched == no {
			continue
		}
		found, decides := r.verdict(c, one, p, depth)
		end = end.or(found)
		if decides && matched == yes {
			return end
		}
	}
	end.through = true
	return end
}

// verdict is what a rule does whose conditions hold; decides: no further rule of the chain is asked.
func (r *ruleset) verdict(c *chain, one *rule, p packet, depth int) (end outcome, decides bool) {
	for _, statement := range one.Expr {
		for _, kind := range slices.Sorted(maps.Keys(statement)) {
			if kind == "vmap" {
				return r.vmap(c, one, p, depth, statement[kind])
			}
			if end, decides, is := r.act(c, one, p, depth, kind, statement[kind]); is {
				return end, decides
			}
		}
	}
	return outcome{}, false
}

// act is one statement that decides something; is: it does.
func (r *ruleset) act(c *chain, one *rule, p packet, depth int, kind string, body json.RawMessage) (end outcome, decides, is bool) {
	at := &place{c, one}
	switch kind {
	case "accept":
		return outcome{accept: at}, true, true
	case "drop", "reject", "tproxy":
		return outcome{drop: at}, true, true
	case "queue":
		return outcome{accept: at, drop: at}, true, true
	case "return":
		return outcome{through: true}, true, true
	case "jump", "goto":
		var to struct{ Target string }
		_ = json.Unmarshal(body, &to)
		next := r.chains[c.key(to.Target)]
		if next == nil {
			return outcome{accept: at, drop: at}, true, true
		}
		end := r.walk(next, p, depth+1)
		if kind == "jump" && end.through {
			end.through = false
			return end, false, true
		}
		return end, true, true
	}
	return outcome{}, false, false
}

// vmap is a table of verdicts by a key.
func (r *ruleset) vmap(c *chain, one *rule, p packet, depth int, body json.RawMessage) (end outcome, decides bool) {
	var m struct {
		Key  json.RawMessage
		Data struct{ Set [][2]json.RawMessage }
	}
	if json.Unmarshal(body, &m) != nil || len(m.Data.Set) == 0 {
		return outcome{accept: &place{c, one}, drop: &place{c, one}}, false
	}
	for _, pair := range m.Data.Set {
		matched := p.compare(m.Key, pair[0])
		var verdict map[string]json.RawMessage
		if matched == no || json.Unmarshal(pair[1], &verdict) != nil {
			continue
		}
		for kind, body := range verdict {
			found, last, _ := r.act(c, one, p, depth, kind, body)
			end = end.or(found)
			if matched == yes {
				return end, last
			}
		}
	}
	return end, false
}
