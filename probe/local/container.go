package local

import (
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// engines name cgroups as container engines do: docker-ID.scope with systemd, /docker/ID without; Kubernetes by its runtime.
var engines = []struct{ prefix, engine string }{
	{"docker-", "Docker"}, {"libpod-", "Podman"}, {"cri-containerd-", "containerd"}, {"crio-", "CRI-O"}, {"nerdctl-", "containerd"},
	{"lxc.payload.", "LXC"}, {"machine-", "systemd-nspawn"},
}

// readCgroup reads a cgroup's path: the unit that it stands for, and the container.
func readCgroup(full string) (unit string, in *Container) {
	parts := strings.Split(strings.Trim(full, "/"), "/")
	for i, part := range parts {
		part = strings.ReplaceAll(part, `\x2d`, "-")
		if strings.HasSuffix(part, ".service") || strings.HasSuffix(part, ".socket") {
			unit = part
		}
		name := strings.TrimSuffix(part, ".scope")
		for _, e := range engines {
			if id, ok := strings.CutPrefix(name, e.prefix); ok && id != "" && (name != part || e.engine == "LXC") {
				in = &Container{e.engine, id}
			}
		}
		parent := ""
		if i > 0 {
			parent = parts[i-1]
		}
		switch {
		case parent == "docker" && isHex(part):
			in = &Container{"Docker", part}
		case parent == "lxc":
			in = &Container{"LXC", part}
		case strings.HasPrefix(parts[0], "kubepods") && isHex(part):
			in = &Container{"Kubernetes", part}
		}
	}
	return unit, in
}

// isHex reports a container's number: 64 hexadecimal digits (OCI runtimes as Docker and containerd call them).
func isHex(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// relay is a program that hands connections on to containers or virtual machines.
type relay struct{ program, engine string }

// relayPrograms are Docker's userland proxy, RootlessKit (Docker, Podman), passt, Docker Desktop, gvisor-tap-vsock (Podman
// machine), WSL.
var relayPrograms = []relay{
	{"docker-proxy", "Docker"}, {"rootlessport", "Podman"}, {"rootlesskit", "Docker"}, {"slirp4netns", "Podman"}, {"pasta", "Podman"},
	{"pasta.avx2", "Podman"}, {"com.docker.backend", "Docker Desktop"}, {"com.docker.backend.exe", "Docker Desktop"},
	{"vpnkit", "Docker Desktop"},
	{"gvproxy", "Podman"}, {"gvproxy.exe", "Podman"}, {"wslrelay.exe", "WSL"},
}

// RelayFor is the engine for whose containers a program hands connections on; "": none that is known.
func RelayFor(program string) string {
	for _, r := range relayPrograms {
		if strings.EqualFold(r.program, program) {
			return r.engine
		}
	}
	return ""
}

// forwards reports the one program whose command line says what it forwards.
func forwards(program string) bool { return program == "docker-proxy" }

// forwardOf reads docker-proxy's command line (moby, cmd/docker-proxy): -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip
// 172.17.0.2 -container-port 80.
func forwardOf(line []string) *Forward {
	value := func(flag string) string {
		i := slices.IndexFunc(line, func(s string) bool { return strings.TrimLeft(s, "-") == flag })
		if i < 0 || i+1 == len(line) {
			return ""
		}
		return line[i+1]
	}
	end := func(side string) netip.AddrPort {
		a, err := netip.ParseAddr(value(side + "-ip"))
		port, bad := strconv.ParseUint(value(side+"-port"), 10, 16)
		if err != nil || bad != nil {
			return netip.AddrPort{}
		}
		return netip.AddrPortFrom(a, uint16(port))
	}
	f := &Forward{evidence.Protocol(value("proto")), end("host"), end("container")}
	if len(line) == 0 || path.Base(line[0]) != "docker-proxy" || !f.From.IsValid() || !f.To.IsValid() {
		return nil
	}
	return f
}

// relayOf is the program whose command line says that it forwards this very socket's port.
func relayOf(s *Socket, relays []Process) []Process {
	for _, p := range relays {
		if f := p.Forwards; f != nil && f.Protocol == s.Protocol && f.From == s.Local {
			return []Process{p}
		}
	}
	return nil
}
