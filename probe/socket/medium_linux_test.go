package socket

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"whyport/probe/evidence"
)

// TestMedium: what the kernel's folders say of an interface.
func TestMedium(t *testing.T) {
	for name, c := range map[string]struct {
		files  map[string]string // a name that ends in / is a folder
		driver string
		want   evidence.Medium
	}{
		"cable":       {map[string]string{"type": "1", "device/": ""}, "e1000e", evidence.Cable},
		"virtual":     {map[string]string{"type": "1", "device/": ""}, "virtio_net", evidence.Guest},
		"wifi":        {map[string]string{"type": "1", "device/": "", "uevent": "DEVTYPE=wlan\nINTERFACE=x\n"}, "iwlwifi", evidence.WiFi},
		"old wifi":    {map[string]string{"type": "1", "device/": "", "wireless/": ""}, "", evidence.WiFi},
		"tun":         {map[string]string{"type": "65534", "tun_flags": "0x1002"}, "", evidence.Tunnel},
		"tap":         {map[string]string{"type": "1", "tun_flags": "0x1002", "iflink": "7"}, "", evidence.Tunnel},
		"wireguard":   {map[string]string{"type": "65534", "uevent": "DEVTYPE=wireguard\n"}, "", evidence.Tunnel},
		"bridge":      {map[string]string{"type": "1", "bridge/": ""}, "", evidence.Bridge},
		"container":   {map[string]string{"type": "1", "iflink": "12"}, "", evidence.Container},
		"dummy":       {map[string]string{"type": "1", "iflink": "7"}, "", evidence.Guest},
		"mobile":      {map[string]string{"type": "1", "device/": "", "uevent": "DEVTYPE=wwan\n"}, "", evidence.Mobile},
		"not its own": {map[string]string{"type": "1", "ifindex": "8", "device/": ""}, "", ""},
	} {
		root := t.TempDir()
		dir := filepath.Join(root, "x0")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		write := func(file, text string) {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("ifindex", "7\n")
		for file, text := range c.files {
			if file[len(file)-1] == '/' {
				os.MkdirAll(filepath.Join(dir, file), 0o700)
				continue
			}
			write(file, text)
		}
		if c.driver != "" {
			os.Symlink("../../bus/pci/drivers/"+c.driver, filepath.Join(dir, "device", "driver"))
		}
		if got := mediumIn(root, net.Interface{Name: "x0", Index: 7}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := mediumIn(t.TempDir(), net.Interface{Name: "utun3", Index: 7}); got != evidence.Tunnel {
		t.Errorf("by name: %q", got)
	}
	if got := mediumIn(t.TempDir(), net.Interface{Name: "lo", Flags: net.FlagLoopback}); got != evidence.Loopback {
		t.Errorf("loopback: %q", got)
	}
}
