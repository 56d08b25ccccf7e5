package profile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tcp(port uint16, expect string) Port { return Port{Port: port, Protocol: "tcp", Expect: expect} }

func TestNeedOf(t *testing.T) {
	web := Profile{Name: "web", Groups: []Group{{Name: "web", Mode: ModeAny, Ports: []Port{tcp(80, "plain"), tcp(443, "tls")}}}}
	mail := Profile{Name: "mail", Notes: []string{"slow", "old"}, Groups: []Group{
		{Name: "sending", Mode: ModeAny, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls")}},
		{Name: "old", Mode: ModeOptional, Ports: []Port{tcp(25, "")}},
	}}
	for _, c := range []struct {
		name     string
		named    []Port
		profiles []Profile
		require  string
		want     Need
	}{
		{"ports", []Port{tcp(443, ""), tcp(80, ""), tcp(443, "")}, nil, "", Need{
			Mode: ModeAny, Ports: []Port{tcp(443, ""), tcp(80, "")}, Groups: []Members{{Mode: ModeAny, Ports: []int{0, 1}}},
		}},
		{"all ports", []Port{tcp(443, ""), tcp(80, "")}, nil, ModeAll, Need{
			Mode: ModeAll, Ports: []Port{tcp(443, ""), tcp(80, "")}, Groups: []Members{{Mode: ModeAll, Ports: []int{0, 1}}},
		}},
		{"profile", nil, []Profile{mail}, "", Need{
			Notes: []string{"slow", "old"},
			Mode:  ModeAny, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{{Name: "sending", Mode: ModeAny, Ports: []int{0, 1}}, {Name: "old", Mode: ModeOptional, Ports: []int{2}}},
		}},
		{"port and profiles", []Port{tcp(443, "")}, []Profile{web, mail}, "", Need{
			Notes: []string{"slow", "old"},
			Mode:  ModeGroups,
			Ports: []Port{tcp(443, "tls"), tcp(80, "plain"), tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{
				{Mode: ModeAny, Ports: []int{0}}, {Name: "web", Mode: ModeAny, Ports: []int{1, 0}},
				{Name: "mail: sending", Mode: ModeAny, Ports: []int{2, 3}}, {Name: "mail: old", Mode: ModeOptional, Ports: []int{4}},
			},
		}},
		{"profile, all", nil, []Profile{mail}, ModeAll, Need{
			Notes: []string{"slow", "old"},
			Mode:  ModeAll, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{{Mode: ModeAll, Ports: []int{0, 1}}, {Name: "old", Mode: ModeOptional, Ports: []int{2}}},
		}},
	} {
		if diff := cmp.Diff(c.want, NeedOf(c.named, c.profiles, c.require)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}
