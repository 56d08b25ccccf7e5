package mtu

import "testing"

func TestSearch(t *testing.T) {
	for _, limit := range []int{501, 576, 1280, 1400, 1404, 1498, 1499} {
		try := func(size int) fate {
			if size > limit {
				return vanished
			}
			return passed
		}
		if passes, fails := search(small, 1500, try); passes != limit || fails != limit+1 {
			t.Errorf("limit %d: %d and %d", limit, passes, fails)
		}
		if passes, fails := searchUsual(small, 1500, try); passes > limit || fails <= limit {
			t.Errorf("usual sizes, limit %d: %d and %d", limit, passes, fails)
		}
	}
	if passes, fails := search(small, 1500, func(int) fate { return unclear }); passes != small || fails != 1500 {
		t.Errorf("unclear: %d and %d", passes, fails)
	}
}
