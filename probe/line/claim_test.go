package line

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/simnet"
)

// TestNoClaimWithoutPacket: where sockets are scarce, silence is said of a SYN only that was sent and listened to.
func TestNoClaimWithoutPacket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := simnet.Parse("r2 forward tcp dport 1-200 drop")
		if err != nil {
			t.Fatal(err)
		}
		l := &Line{Addr: s.Target(4), Network: s.Net, Limits: &Limits{Slots: NewSlots(20)}, Timeout: 2 * time.Minute, Attempts: 6}
		all := make([][]evidence.Attempt, 200)
		begun := time.Now()
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() {
				var waiting *Lingering
				if all[i], _, waiting = l.Dial(t.Context(), uint16(i+1), 0, begun); waiting != nil {
					waiting.GiveUp()
				}
			})
		}
		wg.Wait()
		sent := map[int]int{}
		for _, p := range s.Net.Sent() {
			if !p.Again {
				sent[int(p.To.Port())]++
			}
		}
		for i, attempts := range all {
			silent := 0
			for _, a := range attempts {
				if a.Outcome != evidence.Silent {
					continue
				}
				if silent++; a.Elapsed < lastWait {
					t.Errorf("port %d: silence after %v", i+1, a.Elapsed)
				}
			}
			if silent == 0 || silent > sent[i+1] {
				t.Errorf("port %d: %d silent attempts, %d SYNs", i+1, silent, sent[i+1])
			}
		}
	})
}

// TestSlotsAreWaitedFor: a port whose turn comes late is asked all the same, within its Timeout; one whose turn never comes is
// unheard, and no run was interrupted.
func TestSlotsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := simnet.Parse("server listen 22 greet SSH")
		if err != nil {
			t.Fatal(err)
		}
		for held, want := range map[time.Duration]evidence.Outcome{5 * time.Second: evidence.Connected, time.Minute: evidence.Unheard} {
			l := &Line{Addr: s.Target(4), Network: s.Net, Limits: &Limits{Slots: NewSlots(1)}, Timeout: 10 * time.Second, Attempts: 6}
			l.Limits.Slots.Acquire(t.Context())
			time.AfterFunc(held, l.Limits.Slots.Release)
			begun := time.Now()
			all, conn, _ := l.Dial(t.Context(), 22, 0, begun)
			if conn != nil {
				_ = conn.Close()
			}
			if best := (&evidence.Port{Attempts: all}).Best(); best == nil || best.Outcome != want {
				t.Errorf("after %v: %+v", held, all)
			}
			if took := time.Since(begun); took > l.Timeout+time.Second {
				t.Errorf("after %v: %v", held, took)
			}
			time.Sleep(held)
		}
	})
}
