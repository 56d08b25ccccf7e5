package probe

import (
	"cmp"
	"iter"
	"net/netip"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// Bulk is many ports of one address with one verdict: in a large run the why is established for a sample and shared.
type Bulk struct {
	Address int        // index among the target's addresses
	Addr    netip.Addr // that address
	Verdict verdict.Verdict
	// Walk and Place are the sample's, of a path that was looked at.
	Walk  *evidence.Walk
	Place evidence.Place
	// ICMP is the error that the sample was answered with; nil if there was none.
	ICMP  *evidence.ICMP
	Ports []BulkPort // by candidate
}

// BulkPort is what is kept of a single port of a Bulk.
type BulkPort struct {
	Candidate int32
	Micros    uint32 // from the answered SYN to its answer; 0 if none came
	Tries     uint8
	Outcome   evidence.SweptOutcome
}

// Result makes one port of the bulk into a result like any other.
func (b *Bulk) Result(t *TargetRun, target int, p BulkPort) Result {
	c := t.Target.Candidates[p.Candidate]
	took := time.Duration(p.Micros) * time.Microsecond
	seen := evidence.Port{Addr: b.Addr, Port: c.Port, Protocol: c.Protocol, Elapsed: took, Walk: b.Walk, Place: b.Place}
	seen.Attempts = p.attempts()
	if p.Outcome == evidence.SweptOpen {
		seen.Connections = 1
	}
	if p.Outcome == evidence.SweptRejected || p.Outcome == evidence.SweptFailed {
		seen.Attempts[len(seen.Attempts)-1].ICMP = b.ICMP
	}
	return Result{Target: target, Candidate: int(p.Candidate), Address: b.Address, Port: seen, Verdict: b.Verdict}
}

func (p BulkPort) attempts() []evidence.Attempt {
	return evidence.Swept{Outcome: p.Outcome, Tries: p.Tries, Micros: p.Micros}.Attempts()
}

// All are the results of a target by candidate, then address: those with evidence of their own and those of bulks,
// which are made as they are asked for.
func (t *TargetRun) All() iter.Seq[Result] {
	return func(yield func(Result) bool) {
		target, at, next := t.index, 0, make([]int, len(t.Bulk))
		for {
			best, from := Result{Candidate: len(t.Target.Candidates)}, -2
			if at < len(t.Results) {
				best, from = t.Results[at], -1
			}
			for i := range t.Bulk {
				if next[i] == len(t.Bulk[i].Ports) {
					continue
				}
				c := int(t.Bulk[i].Ports[next[i]].Candidate)
				if from == -2 || cmp.Or(cmp.Compare(c, best.Candidate), cmp.Compare(t.Bulk[i].Address, best.Address)) < 0 {
					best, from = Result{Candidate: c, Address: t.Bulk[i].Address}, i
				}
			}
			switch from {
			case -2:
				return
			case -1:
				at++
			default:
				best = t.Bulk[from].Result(t, target, t.Bulk[from].Ports[next[from]])
				next[from]++
			}
			if !yield(best) {
				return
			}
		}
	}
}

// Count is the number of results.
func (t *TargetRun) Count() int {
	n := len(t.Results)
	for i := range t.Bulk {
		n += len(t.Bulk[i].Ports)
	}
	return n
}
