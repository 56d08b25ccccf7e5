package local

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"whyport/probe/evidence"
)

func waits(protocol evidence.Protocol, at string, holders ...Process) Socket {
	return Socket{Protocol: protocol, State: Waiting, Local: netip.MustParseAddrPort(at), Holders: holders, User: "root"}
}

func with(s Socket, change func(*Socket)) Socket { change(&s); return s }

func computer(all ...Socket) *Facts {
	return &Facts{All: all, Waiting: all, Outgoing: PortRange{First: 32768, Last: 60999}, Interfaces: []Interface{
		{Name: "lo", Medium: evidence.Loopback, Addresses: []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}},
		{Name: "eth0", Medium: evidence.Cable, Addresses: []netip.Addr{netip.MustParseAddr("10.1.0.2"), netip.MustParseAddr("fe80::2")}},
		{Name: "docker0", Medium: evidence.Bridge, Addresses: []netip.Addr{netip.MustParseAddr("172.17.0.1")}},
	}}
}

func TestReach(t *testing.T) {
	six := func(only bool) func(*Socket) { return func(s *Socket) { s.V6Only = new(only) } }
	web, other := Process{PID: 7, Name: "web"}, Process{PID: 8, Name: "other"}
	for name, c := range map[string]struct {
		all  []Socket
		want Scope
	}{
		"loopback":               {[]Socket{waits("tcp", "127.0.0.1:80")}, ThisComputer},
		"loopback, mapped":       {[]Socket{waits("tcp", "[::ffff:127.0.0.1]:80")}, ThisComputer},
		"another loopback":       {[]Socket{waits("udp", "127.0.0.53:53")}, ThisComputer},
		"bound to lo":            {[]Socket{with(waits("tcp", "0.0.0.0:80"), func(s *Socket) { s.Device = "lo" })}, ThisComputer},
		"IPv4":                   {[]Socket{waits("tcp", "0.0.0.0:80")}, IPv4Only},
		"both, one socket":       {[]Socket{with(waits("tcp", "[::]:80"), six(false))}, Everywhere},
		"IPv6":                   {[]Socket{with(waits("tcp", "[::]:80"), six(true))}, IPv6Only},
		"IPv6, not told":         {[]Socket{waits("tcp", "[::]:80")}, IPv6Surely},
		"both, two sockets":      {[]Socket{with(waits("tcp", "[::]:80", web), six(true)), waits("tcp", "0.0.0.0:80", web)}, Everywhere},
		"IPv6, another's IPv4":   {[]Socket{with(waits("tcp", "[::]:80", web), six(true)), waits("tcp", "0.0.0.0:80", other)}, IPv6Only},
		"IPv6, UDP has the IPv4": {[]Socket{with(waits("tcp", "[::]:80", web), six(true)), waits("udp", "0.0.0.0:80", web)}, IPv6Only},
		"one address":            {[]Socket{waits("tcp", "10.1.0.2:80")}, OneAddress},
		"one interface":          {[]Socket{with(waits("tcp", "0.0.0.0:80"), func(s *Socket) { s.Device = "eth0" })}, OneInterface},
		"link-local":             {[]Socket{waits("tcp", "[fe80::2%eth0]:80")}, Neighbours},
		"containers":             {[]Socket{waits("tcp", "172.17.0.1:80")}, Inside},
		"multicast":              {[]Socket{waits("udp", "224.0.0.251:5353")}, Group},
		"address gone":           {[]Socket{waits("tcp", "10.9.9.9:80")}, AddressGone},
	} {
		f := computer(c.all...)
		if got := f.Reach(&f.All[0]); got.Scope != c.want {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

func TestNotes(t *testing.T) {
	docker := Process{PID: 9, Name: "docker-proxy", Forwards: forwardOf(strings.Fields(
		"/usr/bin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd"))}
	queue := func(waiting, limit int) func(*Socket) {
		return func(s *Socket) { s.Queue = &Queue{waiting, new(limit)} }
	}
	a, b := Process{PID: 7, Name: "a"}, Process{PID: 8, Name: "b"}
	room := Process{PID: 3, Container: &Container{"Docker", "abc"}}
	for name, c := range map[string]struct {
		all  []Socket
		want []NoteCode
	}{
		"nothing":                {[]Socket{waits("tcp", "0.0.0.0:80", a)}, nil},
		"unseen":                 {[]Socket{waits("tcp", "0.0.0.0:80")}, []NoteCode{Unseen}},
		"kernel":                 {[]Socket{with(waits("tcp", "0.0.0.0:2049"), func(s *Socket) { s.Kernel = true })}, []NoteCode{KernelHeld}},
		"room for one more":      {[]Socket{with(waits("tcp", "0.0.0.0:80", a), queue(1, 1))}, nil},
		"full":                   {[]Socket{with(waits("tcp", "0.0.0.0:80", a), queue(2, 1))}, []NoteCode{QueueFull}},
		"bytes of UDP":           {[]Socket{with(waits("udp", "0.0.0.0:53", a), queue(768, 0))}, nil},
		"stopped":                {[]Socket{waits("tcp", "0.0.0.0:80", Process{PID: 3, Name: "x", Stopped: true})}, []NoteCode{Stopped}},
		"one of two stopped":     {[]Socket{waits("tcp", "0.0.0.0:80", Process{PID: 3, Stopped: true}, a)}, nil},
		"forwarded":              {[]Socket{waits("tcp", "0.0.0.0:8080", docker)}, []NoteCode{Forwarded}},
		"in a container":         {[]Socket{waits("tcp", "0.0.0.0:80", room)}, []NoteCode{InContainer}},
		"relayed":                {[]Socket{waits("tcp", "0.0.0.0:80", Process{PID: 3, Name: "rootlessport"})}, []NoteCode{Relayed}},
		"on demand":              {[]Socket{waits("tcp", "0.0.0.0:22", Process{PID: 1, Name: "systemd"})}, []NoteCode{OnDemand}},
		"shadowed":               {[]Socket{waits("tcp", "0.0.0.0:80", a), waits("tcp", "127.0.0.1:80", b)}, []NoteCode{Shadowed}},
		"shadowed by its own":    {[]Socket{waits("tcp", "0.0.0.0:80", a), waits("tcp", "127.0.0.1:80", a)}, nil},
		"IPv6 beside IPv4":       {[]Socket{waits("tcp", "0.0.0.0:80", a), waits("tcp", "[::1]:80", b)}, nil},
		"a client's, perhaps":    {[]Socket{waits("udp", "0.0.0.0:40000", a)}, []NoteCode{PerhapsClient}},
		"a server's at 40000":    {[]Socket{waits("tcp", "0.0.0.0:40000", a)}, nil},
		"an antivirus":           {[]Socket{waits("tcp", "127.0.0.1:12110", Process{PID: 4, Name: "AvastSvc.exe"})}, []NoteCode{Intercepts}},
		"no antivirus by a part": {[]Socket{waits("tcp", "127.0.0.1:12110", Process{PID: 4, Name: "myavastsvc.exe"})}, nil},
	} {
		f := computer(c.all...)
		f.Interceptors = intercepting(f.All, nil)
		var got []NoteCode
		for _, n := range f.Notes(&f.All[0]) {
			got = append(got, n.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if to := docker.Forwards.To; to != netip.MustParseAddrPort("172.17.0.2:80") {
		t.Errorf("forwards to %s", to)
	}
}

func TestCgroups(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for path, want := range map[string]string{
		"/system.slice/ssh.service":                                         "ssh.service ",
		"/system.slice/docker-" + id + ".scope":                             " Docker",
		"/docker/" + id:                                                     " Docker",
		"/machine.slice/libpod-" + id + ".scope":                            " Podman",
		"/user.slice/user-1000.slice/user@1000.service/app.slice/a.service": "a.service ",
		"/kubepods/besteffort/pod1/" + id:                                   " Kubernetes",
		"/lxc.payload.web/system.slice/nginx.service":                       "nginx.service LXC",
		"/system.slice/docker.service":                                      "docker.service ",
		"/":                                                                 " ",
	} {
		unit, in := readCgroup(path)
		got := unit + " "
		if in != nil {
			got += in.Engine
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
