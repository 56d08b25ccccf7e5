package remote

import "strings"

// systemOf is Go's name for a system and its processors, from what uname -sm says; "" where it is not known.
func systemOf(uname string) (os, arch string) {
	system, machine, _ := strings.Cut(strings.TrimSpace(uname), " ")
	switch os = strings.ToLower(system); os {
	case "linux", "darwin", "freebsd", "openbsd", "netbsd", "dragonfly":
	default:
		return "", ""
	}
	switch machine {
	case "x86_64", "amd64":
		arch = "amd64"
	case "aarch64", "arm64":
		arch = "arm64"
	case "i386", "i486", "i586", "i686":
		arch = "386"
	case "armv6l", "armv7l":
		arch = "arm"
	case "riscv64", "ppc64le", "s390x", "loong64":
		arch = machine
	}
	return os, arch
}

// fits reports whether a copy runs on a system.
func (c *Copy) fits(uname string) bool {
	os, arch := systemOf(uname)
	return arch != "" && os == c.OS && arch == c.Arch
}
