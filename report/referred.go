package report

import (
	"whyport/probe/verdict"
	"whyport/report/phrase"
	"whyport/report/words"
)

// Referred is an address that the server sends its clients to, and what became of it.
type Referred struct {
	To        string   `json:"to"`   // as the server wrote it
	Host      *string  `json:"host"` // null: the server's own address
	Port      uint16   `json:"port"`
	Reachable *bool    `json:"reachable"` // a TCP connection stands; null: not established
	Skipped   *string  `json:"skipped"`   // why nothing was sent there; null: it was, or its name has no address
	Problem   *string  `json:"problem"`   // of the name; null: none
	Addresses []Onward `json:"addresses"`
	Finding   string   `json:"finding"`
}

// Onward is one address of it.
type Onward struct {
	Address string `json:"address"`
	State   string `json:"state"`
	Reason  string `json:"reason"`
}

func referredOf(s *words.Subject) (out []Referred) {
	for i := range s.Port.Referred {
		r := &s.Port.Referred[i]
		one := Referred{
			To: phrase.Clean(r.To), Host: text(r.Host), Port: r.Port, Skipped: text(r.Skipped), Problem: text(r.Resolution.Problem),
			Addresses: []Onward{}, Finding: s.Onward(r),
		}
		if got := verdict.OnwardOf(r); got != verdict.OnwardUnknown {
			one.Reachable = new(got == verdict.OnwardWorks)
		}
		for j := range r.Reached {
			v := s.OnwardVerdict(&r.Reached[j])
			one.Addresses = append(one.Addresses, Onward{r.Reached[j].Addr.String(), string(v.State), string(v.Reason)})
		}
		out = append(out, one)
	}
	return out
}
