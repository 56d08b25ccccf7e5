package mtu

import (
	"slices"
	"sync"
)

// fate is what became of packets of one size; the zero value: not known.
type fate int

const (
	unclear fate = iota
	passed
	vanished
)

// abreast is how many sizes are tried at once.
const abreast = 8

// search narrows down where packets begin to vanish: those of passes bytes get through, those of fails bytes do not. It ends
// early where a size's fate is unclear.
func search(passes, fails int, try func(size int) fate) (int, int) {
	for fails-passes > 1 {
		n := min(abreast, fails-passes-1)
		sizes, fates := make([]int, n), make([]fate, n)
		var wg sync.WaitGroup
		for i := range n {
			sizes[i] = passes + (fails-passes)*(i+1)/(n+1)
			wg.Go(func() { fates[i] = try(sizes[i]) })
		}
		wg.Wait()
		if i := slices.Index(fates, vanished); i >= 0 {
			fails, sizes, fates = sizes[i], sizes[:i], fates[:i]
		}
		for i, f := range fates {
			if f == passed {
				passes = sizes[i]
			}
		}
		if slices.Contains(fates, unclear) {
			break
		}
	}
	return passes, fails
}

// usual are the sizes that links and tunnels have: Ethernet's, those of PPPoE, GRE, IPsec, WireGuard, VXLAN, mobile networks, and
// IPv6's least.
var usual = []int{1500, 1492, 1480, 1476, 1472, 1468, 1460, 1450, 1446, 1440, 1438, 1430, 1428, 1422, 1420, 1412, 1410, 1400, 1392, 1380,
	1370, 1360, 1350, 1340, 1320, 1300, 1280, 1200, 1006, 576}

// searchUsual is search among usual sizes, one after another.
func searchUsual(passes, fails int, try func(size int) fate) (int, int) {
	var between []int
	for _, size := range usual {
		if size > passes && size < fails {
			between = append(between, size)
		}
	}
	slices.Sort(between)
	for len(between) > 0 {
		i := len(between) / 2
		switch try(between[i]) {
		case passed:
			passes, between = between[i], between[i+1:]
		case vanished:
			fails, between = between[i], between[:i]
		default:
			return passes, fails
		}
	}
	return passes, fails
}
