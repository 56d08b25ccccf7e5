package line

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPulse: what is missed is what nobody beat in, and a clock that is set back takes nothing away.
func TestPulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPulse()
		begun := time.Now()
		beats := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				time.Sleep(beatEvery)
				p.beat(time.Now())
			}
		}
		beats(time.Second)
		if missed := p.Missed(begun); missed != 0 || p.Starved() {
			t.Errorf("at rest: %v, %v", missed, p.Starved())
		}
		p.beat(begun.Add(-time.Hour))
		before := time.Now()
		time.Sleep(10 * time.Minute)
		if missed := p.Missed(begun); missed < 10*time.Minute || missed > 10*time.Minute+beatEvery {
			t.Errorf("10 minutes: %v", missed)
		}
		if missed := p.Missed(before.Add(9 * time.Minute)); missed != time.Minute {
			t.Errorf("the last of them: %v", missed)
		}
		if missed := p.Missed(time.Now()); missed != 0 {
			t.Errorf("since then: %v", missed)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := NewPulse()
		for range 20 { // it runs for 5 of 100 ms
			time.Sleep(95 * time.Millisecond)
			p.beat(time.Now())
			time.Sleep(5 * time.Millisecond)
		}
		if missed := p.Missed(time.Now().Add(-time.Hour)); missed != 0 || !p.Starved() {
			t.Errorf("with 5%%: %v, %v", missed, p.Starved())
		}
	})
}
