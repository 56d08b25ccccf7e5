package probe

import (
	"strconv"
	"testing"

	"whyport/probe/evidence"
	"whyport/probe/lab"
)

// TestExtrasInLab: what the kernel sends, against nftables' own words for it.
func TestExtrasInLab(t *testing.T) {
	lab.Need(t)
	for _, family := range []int{4, 6} {
		t.Run(strconv.Itoa(family), func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Routers(1), lab.Delay(0))
			l.Listen("server", 22, lab.Banner("SSH-2.0-lab\r\n"))
			to := l.Addr("server", family)
			version := map[int]string{4: "ip", 6: "ip6"}[family]
			for _, c := range []struct {
				match string
				hit   evidence.Extra
			}{
				{version + " dscp af21", evidence.DSCPInteractive}, {version + " dscp ef", evidence.DSCPVoice},
				{"tcp option mptcp exists", evidence.MPTCP}, {"tcp option fastopen exists", evidence.FastOpen},
			} {
				heal := l.Rule("r1", lab.Forward, c.match, lab.Drop)
				o := order{Targets: []Target{targetOf(to, "22")}}
				o.Options.Extras = true
				out, err := lab.Remote[outcome](t.Context(), l, "execute", o)
				if err != nil {
					t.Fatal(err)
				}
				tried := out.Run.Targets[0].Results[0].Port.Tried
				if len(tried) != len(evidence.Extras()) {
					t.Errorf("%s: %+v", c.match, tried)
				}
				for _, e := range tried {
					if dropped := e.Outcome == evidence.Silent; dropped != (e.Extra == c.hit) {
						t.Errorf("%s: %+v", c.match, e)
					}
				}
				heal()
			}
		})
	}
}
