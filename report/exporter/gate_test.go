package exporter

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// A turn is waited for, but not for ever; one target gets so many probes at once and no more.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(6)
		var leave []func()
		for range sameTarget {
			l, no := g.enter(t.Context(), "a", time.Second)
			if no != nil {
				t.Fatal(no)
			}
			leave = append(leave, l)
		}
		if _, no := g.enter(t.Context(), "a", time.Second); no == nil || no.status != http.StatusTooManyRequests {
			t.Errorf("the same target once more: %+v", no)
		}
		for i := range 2 {
			if _, no := g.enter(t.Context(), "b"+strconv.Itoa(i), time.Second); no != nil {
				t.Fatal(no)
			}
		}
		began := time.Now()
		if _, no := g.enter(t.Context(), "c", time.Second); no == nil || no.status != http.StatusServiceUnavailable || time.Since(began) != time.Second {
			t.Errorf("no turn: %+v after %v", no, time.Since(began))
		}
		time.AfterFunc(time.Second/2, leave[0])
		began = time.Now()
		if _, no := g.enter(t.Context(), "c", time.Second); no != nil || time.Since(began) != time.Second/2 {
			t.Errorf("a turn came: %+v after %v", no, time.Since(began))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, no := g.enter(gone, "d", time.Hour); no == nil {
			t.Error("the client has gone")
		}
		if g.targets["d"] != 0 || g.targets["a"] != sameTarget-1 || g.targets["c"] != 1 {
			t.Errorf("%v", g.targets)
		}
	})
}
