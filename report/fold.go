package report

import "whyport/probe/verdict"

// fold is a document for people who did not ask for the evidence: where very many ports of an address share an
// entry, those of its closed ports that were looked at more closely, and are closed too, join it. The entry's claim
// is the weaker one.
func fold(doc *Document) *Document {
	out := *doc
	out.Targets = append([]Target{}, doc.Targets...)
	for i := range out.Targets {
		out.Targets[i].Ports = folded(out.Targets[i].Ports)
	}
	return &out
}

func folded(ports []Port) []Port {
	many := map[string]int{} // by address, the entry's index in kept
	for i := range ports {
		if p := &ports[i]; p.numbers != nil && p.closed() {
			many[value(p.Address)] = i
		}
	}
	if len(many) == 0 {
		return ports
	}
	joined := map[int][]uint16{}
	var kept []Port
	index := map[int]int{} // of an entry that others join, in kept
	for i, p := range ports {
		to, some := many[value(p.Address)]
		switch {
		case some && i != to && p.closed() && len(p.Notes) == 0 && p.Protocol == ports[to].Protocol && value(p.Host) == value(ports[to].Host):
			joined[to] = append(joined[to], p.all()...)
			continue
		case some && i == to:
			index[to] = len(kept)
		}
		kept = append(kept, p)
	}
	for to, numbers := range joined {
		k := &kept[index[to]]
		k.numbers = append(numbers, k.numbers...)
	}
	return kept
}

// closed reports whether the server's own refusal closes the port.
func (p *Port) closed() bool {
	return p.State == string(verdict.Closed) && p.Reason == string(verdict.Reset) && p.Where != nil && p.Where.Party == string(verdict.Server)
}
