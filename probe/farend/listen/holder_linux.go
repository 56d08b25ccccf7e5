package listen

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// holder is the program that has a port, as far as this user may know: its name and number, else whose it is; "": not known.
func holder(p Port) string {
	for _, family := range []string{"", "6"} {
		table, err := os.ReadFile("/proc/net/" + string(p.Protocol) + family)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line)
			if len(f) < 10 || p.Protocol == evidence.TCP && f[3] != "0A" { // listening
				continue
			}
			if at, ok := kernelAddr(f[1]); !ok || at.Port() != p.Port {
				continue
			}
			if name := programOf(f[9]); name != "" {
				return name
			}
			return "a program of the user " + userOf(f[7])
		}
	}
	return ""
}

// programOf is the process that has a socket open, by the socket's number.
func programOf(inode string) string {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, l := range links {
		if to, err := os.Readlink(l); err != nil || to != "socket:["+inode+"]" {
			continue
		}
		process := filepath.Dir(filepath.Dir(l))
		name, err := os.ReadFile(filepath.Join(process, "comm"))
		if err == nil {
			return fmt.Sprintf("%s (process %s)", strings.ToValidUTF8(strings.TrimSpace(string(name)), "?"), filepath.Base(process))
		}
	}
	return ""
}

func userOf(id string) string {
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	if _, err := strconv.Atoi(id); err != nil {
		return "?"
	}
	return id
}
