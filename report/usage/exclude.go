package usage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/evidence"
	"whyport/probe/target"
	"whyport/probe/verdict"
	"whyport/services"
)

// exclusion is what nothing is sent to, whoever asks for it.
type exclusion struct {
	addresses []netip.Prefix
	endpoints map[services.Endpoint]bool
	file      string // the configuration's, where there is one
}

// maxExclude bounds the file.
const maxExclude = 1 << 20

// excluded reads --exclude and the file "exclude" in the configuration folder: ports, names of services, addresses and ranges of
// addresses, separated by commas; in the file also by lines, and with comments behind #. A number without a protocol is excluded
// for TCP and UDP.
func excluded(c *cli.Context, names *services.Registry) (e exclusion, err error) {
	e.endpoints = map[services.Endpoint]bool{}
	if err := e.add(c.String("exclude"), names); err != nil {
		return e, err
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return e, nil
	}
	name := filepath.Join(dir, "whyport", "exclude")
	f, err := os.Open(name)
	if _, there := os.Lstat(name); errors.Is(err, fs.ErrNotExist) || there != nil {
		return e, nil // also where the folder is somebody else's
	}
	if err != nil {
		return e, New("check its permissions, or remove it", "what is excluded can't be read from %s", target.ShownFile(name))
	}
	defer f.Close()
	e.file = name
	text, err := io.ReadAll(io.LimitReader(f, maxExclude+1))
	if err != nil || len(text) > maxExclude || bytes.IndexByte(text, 0) >= 0 {
		return e, New("write ports and addresses into it, one a line, such as 502 or 192.0.2.0/24", "%s is no list", target.ShownFile(name))
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxExclude+1)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if err := e.add(line, names); err != nil {
			wrong := Of(err)
			return e, New(wrong.Instead, "line %d of %s: %s", n, target.ShownFile(name), wrong.Problem)
		}
	}
	return e, nil
}

func (e *exclusion) add(list string, names *services.Registry) error {
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if p, err := netip.ParsePrefix(item); err == nil {
			e.addresses = append(e.addresses, p.Masked())
			continue
		}
		if a, err := netip.ParseAddr(strings.Trim(item, "[]")); err == nil {
			a = a.Unmap().WithZone("")
			e.addresses = append(e.addresses, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		both := []string{item}
		if strings.Trim(item, "0123456789-") == "" {
			both = append(both, item+"/udp")
		}
		found, err := names.ParsePorts(both...)
		if err != nil {
			return err
		}
		for _, p := range found {
			e.endpoints[p] = true
		}
	}
	return nil
}

// has reports an address that is excluded.
func (e *exclusion) has(a netip.Addr) bool {
	return slices.ContainsFunc(e.addresses, func(p netip.Prefix) bool { return a.IsValid() && p.Contains(a.WithZone("")) })
}

// port reports one that is excluded on every address.
func (e *exclusion) port(n uint16, p evidence.Protocol) bool {
	return e.endpoints[services.Endpoint{Port: n, Protocol: string(p)}]
}

// ports is the target without its excluded ports; its requirement asks for those that are left.
func (e *exclusion) ports(t probe.Target) probe.Target {
	if len(e.endpoints) == 0 {
		return t
	}
	at := make([]int, len(t.Candidates)) // where a candidate is now; -1: nowhere
	var kept []probe.Candidate
	for i, c := range t.Candidates {
		if at[i] = -1; !e.endpoints[services.Endpoint{Port: c.Port, Protocol: string(c.Protocol)}] {
			at[i] = len(kept)
			kept = append(kept, c)
		}
	}
	t.Candidates = kept
	var groups []verdict.Group
	for _, g := range t.Requirement.Groups {
		var members []int
		for _, m := range g.Members {
			if at[m] >= 0 {
				members = append(members, at[m])
			}
		}
		if g.Members = members; len(members) > 0 {
			groups = append(groups, g)
		}
	}
	t.Requirement.Groups = groups
	return t
}

// list is all of it, as --exclude takes it.
func (e *exclusion) list() string {
	var items []string
	for _, p := range e.addresses {
		items = append(items, p.String())
	}
	for p := range e.endpoints {
		items = append(items, fmt.Sprintf("%d/%s", p.Port, p.Protocol))
	}
	slices.Sort(items)
	return strings.Join(items, ",")
}

func (e *exclusion) where() string {
	if e.file == "" {
		return "the configuration's list"
	}
	return target.ShownFile(e.file)
}
