package usage

import (
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"whyport/probe/target"
)

// CommunityVariable has the community of SNMP where no file is named.
const CommunityVariable = "WHYPORT_SNMP_COMMUNITY"

// maxCommunity bounds it; agents take 32 letters or less (RFC 3584, 5.3 counts octets of the same kind).
const maxCommunity = 255

// community reads SNMP's from a file or the environment: on a command line others could read it in the list of processes.
func community(c *cli.Context) (string, error) {
	if !c.IsSet("snmp-community") {
		return checkedCommunity(os.Getenv(CommunityVariable), CommunityVariable)
	}
	name := c.String("snmp-community")
	f, err := os.Open(name)
	if err != nil {
		return "", New("write the community into a file and type --snmp-community FILE, or set "+CommunityVariable,
			"the community of SNMP can't be read from %s", target.ShownFile(name))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCommunity+3))
	if err != nil {
		return "", New("check that it is a file", "the community of SNMP can't be read from %s", target.ShownFile(name))
	}
	return checkedCommunity(strings.TrimRight(string(text), "\r\n"), target.ShownFile(name))
}

func checkedCommunity(text, where string) (string, error) {
	if len(text) > maxCommunity || strings.ContainsAny(text, "\r\n\x00") {
		return "", New("write the community alone, on one line", "%s has no community of SNMP", where)
	}
	return text, nil
}
