package probe

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// survey is the work on one address of a large run: it is swept, and then looked at closely where that tells most.
type survey struct {
	h       *host
	run     *runner
	target  *TargetRun
	address int
	members []int // TCP candidates that are swept, ascending
	few     bool  // hosts: samples of what is not open are looked at, too
	swept   []evidence.Swept

	begun    [evidence.SweptOutcomes]atomic.Int32                  // looks begun, by outcome
	icmp     [evidence.SweptOutcomes]atomic.Pointer[evidence.ICMP] // the first error that the sweep met, by outcome; nil: none
	unsure   atomic.Bool                                           // refusals may be ICMP errors
	mu       sync.Mutex
	looked   map[int]*port  // by member
	looking  sync.WaitGroup // looks that have not ended
	over     chan struct{}  // closed when the sweep is
	sentinel *port          // watched from the beginning; nil: none is
	controls []*port
	trying   sync.WaitGroup // control ports
	shut     bool           // the host has stopped answering
	rate     int            // SYNs a second that a repeated sweep had to go down to; 0: it had not to
	doubtful bool           // silence may mean nothing: ports that a sweep called silent answered later, or ever fewer
}

// What a large run looks at closely, for each host: open ports, and a sample of the others while there are few hosts.
const (
	looksOpen     = 1024
	looksSample   = 12
	looksRejected = 4
	fewHosts      = 16
	manyOpen      = 32  // from here on certificates are to be expected
	lookers       = 256 // at the same time, of all hosts: each has a connection
)

func (r *runner) newSurvey(t *TargetRun, a address, members []int) *survey {
	return &survey{
		h: r.newHost(a, nil), run: r, target: t, address: a.index, members: members,
		swept: make([]evidence.Swept, len(members)), looked: map[int]*port{}, over: make(chan struct{}),
	}
}

// prepare makes a unit ready for its first sweep.
func (u *survey) prepare(ctx context.Context, few bool) {
	u.few = few
	if u.traces() {
		u.h.scout = newScouts()
	}
	u.chooseControls(ctx)
}

// chooseControls takes fresh control ports, unless improbable ports are swept anyway.
func (u *survey) chooseControls(ctx context.Context) {
	u.controls = nil
	if u.few && !u.ownControls() {
		u.controls = u.h.controls()
	}
	controls := u.controls
	u.h.startControls = sync.OnceFunc(func() {
		for _, c := range controls {
			u.trying.Go(func() {
				defer close(c.settled)
				u.h.ask(ctx, c)
			})
		}
	})
}

// candidate is what a member stands for.
func (u *survey) candidate(m int) Candidate { return u.h.target.Candidates[u.members[m]] }

// worth reports whether a port is looked at closely: an open one, and, on few hosts, the first and some evenly
// spread ones of each other outcome.
func (u *survey) worth(m int, o evidence.SweptOutcome) bool {
	switch {
	case o == evidence.SweptOpen:
		return u.begun[o].Add(1) <= looksOpen
	case !u.few || u.h.here() && o == evidence.SweptRefused:
		return false
	case o == evidence.SweptSilent: // one is watched for longer than its SYN's first retransmit; a sample follows the sweep
		return (u.sentinel == nil || u.sentinel.isSettled()) && u.begun[o].CompareAndSwap(0, 1)
	case m%max(1, len(u.members)/looksSample) == 0:
		u.begun[o].Add(1)
		return true
	}
	return u.begun[o].CompareAndSwap(0, 1)
}

// chosen makes a port of a member that is worth a close look; nil if it is not, or has one already.
func (u *survey) chosen(m int, o evidence.SweptOutcome) *port {
	if !u.worth(m, o) {
		return nil
	}
	p := u.plan(m, o)
	if p == nil {
		u.begun[o].Add(-1) // another one is to be looked at in its place
		return nil
	}
	u.looking.Add(1)
	return p
}

// post makes an improbable port, which is likely to be silent if others are, the one that is watched: so nobody has to
// wait for it after the sweep. nil if none is swept, or none is looked at.
func (u *survey) post() *port {
	if !u.traces() || !u.ownControls() {
		return nil
	}
	for m := len(u.members) - 1; m >= 0; m-- {
		if u.isControl(m) {
			u.sentinel = u.plan(m, evidence.SweptSilent)
			u.looking.Add(1)
			return u.sentinel
		}
	}
	return nil
}

// plan notes that a port is to be looked at; nil if it is already.
func (u *survey) plan(m int, o evidence.SweptOutcome) *port {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.looked[m] != nil {
		return nil
	}
	p := u.h.newPort(u.members[m], u.candidate(m))
	p.quick = true
	if o == evidence.SweptSilent {
		p.attempts = 1 // the sweep sends the others
	}
	u.looked[m] = p
	return p
}

// note keeps what a sweep has seen of a member. Where an earlier one was in doubt, its SYNs count only if all was silence.
func (u *survey) note(m int, s evidence.Swept) {
	if s.Outcome == evidence.SweptNoSocket && u.swept[m].Outcome == evidence.SweptSilent {
		return
	}
	if s.Outcome == evidence.SweptSilent {
		s.Tries = uint8(min(int(s.Tries)+int(u.swept[m].Tries), math.MaxUint8))
	}
	u.swept[m] = s
}

// complete finishes the looks that are not judged yet by what the sweep has seen of the same ports, and of others.
func (u *survey) complete(ctx context.Context, judged map[int]*Result) (looked []*port) {
	if u.few && !u.h.here() && ctx.Err() == nil {
		if !u.shut {
			u.sampleSilence()
		}
		u.sweptControls()
	}
	for m := range u.members {
		if p := u.looked[m]; p != nil && judged[m] == nil {
			if u.swept[m].Outcome != evidence.SweptSilent {
				p.recall(u.swept[m])
			}
			looked = append(looked, p)
		}
	}
	return looked
}

// meet takes from an answer what holds for the whole host.
func (u *survey) meet(s evidence.Swept, e socket.End) {
	if e.ICMP != nil {
		u.icmp[s.Outcome].CompareAndSwap(nil, e.ICMP)
	}
	if e.Unattributed {
		u.unsure.Store(true)
	}
	if !u.few && s.Answered() && s.Tries == 1 && u.h.line.RTT() == 0 { // few hosts have looks, which measure better
		u.h.line.Sample(time.Duration(s.Micros) * time.Microsecond)
	}
}

// rejected reports whether an ICMP error was met.
func (u *survey) rejected() bool {
	return u.icmp[evidence.SweptRejected].Load() != nil || u.icmp[evidence.SweptFailed].Load() != nil
}

// sampleSilence makes ports of some endpoints that stayed silent, so that their path is looked at like a small run's.
func (u *survey) sampleSilence() {
	sample := looksSample
	if u.rejected() { // each costs a second where a device owes ICMP errors
		sample = looksRejected
	}
	var silent []int // few among many are all looked at: what refuses another port need not be what drops these
	for m := range u.swept {
		if u.swept[m].Outcome == evidence.SweptSilent {
			silent = append(silent, m)
		}
	}
	for i := 0; i < len(silent); i += max(1, len(silent)/sample) {
		if p := u.plan(silent[i], evidence.SweptSilent); p != nil {
			u.saw(p, silent[i])
		}
	}
}

// saw gives a port the sweep's evidence.
func (u *survey) saw(p *port, m int) {
	p.begun = time.Now()
	p.seen.Attempts = u.swept[m].Attempts()
	close(p.settled)
}

// controls are improbable ports above the ephemeral ones; where enough of them have been swept, no others are tried.
const firstControl, lastControl = 61000, 65499

func (u *survey) isControl(m int) bool {
	p := u.candidate(m).Port
	return p >= firstControl && p <= lastControl && u.looked[m] == nil
}

// ownControls reports whether the sweep covers improbable ports.
func (u *survey) ownControls() bool {
	n := 0
	for m := range u.members {
		if u.isControl(m) {
			n++
		}
	}
	return n > 64*controlCount
}

func (u *survey) sweptControls() {
	if u.controls != nil || !u.ownControls() || u.h.options.Trace == TraceNever {
		return
	}
	for m := len(u.members) - 1; m >= 0 && len(u.controls) < controlCount; m-- {
		if u.isControl(m) && u.swept[m].Asked() {
			c := u.h.newPort(-1, u.candidate(m))
			u.saw(c, m)
			u.controls = append(u.controls, c)
		}
	}
	u.h.startControls = func() {} // they have been
}
