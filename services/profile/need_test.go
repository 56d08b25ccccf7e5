package profile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"whyport/services/wants"
)

func tcp(port uint16, expect string) Port { return Port{Port: port, Protocol: "tcp", Expect: expect} }

func TestNeedOf(t *testing.T) {
	web := Profile{Name: "web", Groups: []Group{{Name: "web", Mode: wants.Any, Ports: []Port{tcp(80, "plain"), tcp(443, "tls")}}}}
	mail := Profile{Name: "mail", Notes: []string{"slow", "old"}, Groups: []Group{
		{Name: "sending", Mode: wants.Any, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls")}},
		{Name: "old", Mode: wants.Optional, Ports: []Port{tcp(25, "")}},
	}}
	for _, c := range []struct {
		name     string
		named    []Port
		profiles []Profile
		require  string
		want     Need
	}{
		{"ports", []Port{tcp(443, ""), tcp(80, ""), tcp(443, "")}, nil, "", Need{
			Mode: wants.Any, Ports: []Port{tcp(443, ""), tcp(80, "")}, Groups: []Members{{Mode: wants.Any, Ports: []int{0, 1}}},
		}},
		{"all ports", []Port{tcp(443, ""), tcp(80, "")}, nil, wants.All, Need{
			Mode: wants.All, Ports: []Port{tcp(443, ""), tcp(80, "")}, Groups: []Members{{Mode: wants.All, Ports: []int{0, 1}}},
		}},
		{"profile", nil, []Profile{mail}, "", Need{
			Notes: []string{"slow", "old"},
			Mode:  wants.Any, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{{Name: "sending", Mode: wants.Any, Ports: []int{0, 1}}, {Name: "old", Mode: wants.Optional, Ports: []int{2}}},
		}},
		{"port and profiles", []Port{tcp(443, "")}, []Profile{web, mail}, "", Need{
			Notes: []string{"slow", "old"},
			Mode:  wants.Groups,
			Ports: []Port{tcp(443, "tls"), tcp(80, "plain"), tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{
				{Mode: wants.Any, Ports: []int{0}}, {Name: "web", Mode: wants.Any, Ports: []int{1, 0}},
				{Name: "mail: sending", Mode: wants.Any, Ports: []int{2, 3}}, {Name: "mail: old", Mode: wants.Optional, Ports: []int{4}},
			},
		}},
		{"profile, all", nil, []Profile{mail}, wants.All, Need{
			Notes: []string{"slow", "old"},
			Mode:  wants.All, Ports: []Port{tcp(465, "tls"), tcp(587, "starttls"), tcp(25, "")},
			Groups: []Members{{Mode: wants.All, Ports: []int{0, 1}}, {Name: "old", Mode: wants.Optional, Ports: []int{2}}},
		}},
	} {
		if diff := cmp.Diff(c.want, NeedOf(c.named, c.profiles, c.require)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}
