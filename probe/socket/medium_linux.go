package socket

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"whyport/probe/evidence"
)

// sysNet is where the kernel describes its interfaces (Documentation/ABI/testing/sysfs-class-net).
const sysNet = "/sys/class/net"

func medium(i net.Interface) evidence.Medium { return mediumIn(sysNet, i) }

// mediumIn reads an interface's folder. A container can be shown the folders of another network namespace: then the index
// or the hardware address is not this interface's, and the name alone is left.
func mediumIn(root string, i net.Interface) evidence.Medium {
	dir := filepath.Join(root, i.Name)
	read := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(dir, name))
		return strings.TrimSpace(string(b))
	}
	there := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	if i.Flags&net.FlagLoopback != 0 {
		return evidence.Loopback
	}
	if read("ifindex") != strconv.Itoa(i.Index) || len(i.HardwareAddr) > 0 && !strings.EqualFold(read("address"), i.HardwareAddr.String()) {
		return evidence.MediumByName(i.Name)
	}
	kind := ""
	for line := range strings.Lines(read("uevent")) {
		if value, is := strings.CutPrefix(strings.TrimSpace(line), "DEVTYPE="); is {
			kind = value
		}
	}
	switch {
	case kind == "wlan", there("wireless"), there("phy80211"):
		return evidence.WiFi
	case kind == "wwan":
		return evidence.Mobile
	case kind == "wireguard", kind == "ppp", kind == "vxlan", kind == "geneve", there("tun_flags"), tunnelType(read("type")):
		return evidence.Tunnel
	case kind == "bridge", there("bridge"):
		return evidence.Bridge
	case there("device"):
		return cardOf(filepath.Join(dir, "device", "driver"))
	case kind == "bond", kind == "vlan": // of cards that are elsewhere in the list
		return evidence.Cable
	case read("iflink") != read("ifindex"): // the other end is another interface
		return evidence.Container
	}
	return evidence.Guest
}

// tunnelType reports the hardware types of tunnels (include/uapi/linux/if_arp.h): PPP, IP in IP, SIT, GRE, none.
func tunnelType(text string) bool {
	switch text {
	case "512", "768", "769", "776", "778", "823", "65534":
		return true
	}
	return false
}

// cardOf tells a card that has a cable from one that a hypervisor lends, by its driver.
func cardOf(driver string) evidence.Medium {
	to, _ := os.Readlink(driver)
	switch filepath.Base(to) {
	case "virtio_net", "vmxnet3", "hv_netvsc", "netfront", "vif", "ena", "gve", "mana":
		return evidence.Guest
	}
	return evidence.Cable
}
