package local

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// firewalls are those of Linux: the kernel's filters, and the programs that write their rules.
func firewalls(ctx context.Context) (out []Firewall) {
	out = append(out, ufw("/etc/ufw/ufw.conf")...)
	if pid := running("firewalld"); pid != 0 {
		out = append(out, Firewall{Name: "firewalld", State: On, Evidence: "process " + strconv.Itoa(pid),
			Ask: "sudo firewall-cmd --list-all", Manager: true})
	}
	out = append(out, nftables(ctx))
	for _, file := range []string{"ip_tables_names", "ip6_tables_names"} {
		out = append(out, legacy(filepath.Join("/proc/net", file))...)
	}
	return out
}

// ufw reads its own switch, which is open to everybody; its rules are not.
func ufw(file string) []Firewall {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	w := Firewall{Name: "ufw", State: Unknown, Evidence: file, Ask: "sudo ufw status verbose", Manager: true}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "ENABLED="); ok {
			w.Evidence = file + " says " + strings.TrimSpace(line)
			if w.State = Off; strings.EqualFold(strings.Trim(value, `"' `), "yes") {
				w.State = On
			}
		}
	}
	return []Firewall{w}
}

// running is the process of a name; 0: none.
func running(name string) int {
	folders, _ := os.ReadDir("/proc")
	for _, folder := range folders {
		pid, err := strconv.Atoi(folder.Name())
		if err != nil {
			continue
		}
		if comm, _ := os.ReadFile(filepath.Join("/proc", folder.Name(), "comm")); strings.TrimSpace(string(comm)) == name {
			return pid
		}
	}
	return 0
}

// nftables asks nft, to which the kernel tells rules only with CAP_NET_ADMIN.
func nftables(ctx context.Context) Firewall {
	w := Firewall{Name: "nftables", State: Unknown, Evidence: "only an administrator may read its rules", Ask: "sudo nft list ruleset"}
	if !administrator() {
		if _, err := os.Lstat("/etc/systemd/system/sysinit.target.wants/nftables.service"); err == nil {
			w.Evidence = "nftables.service starts with this computer"
		}
		return w
	}
	program, err := exec.LookPath("nft")
	if err != nil {
		program = "/usr/sbin/nft"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, program, "--json", "list", "ruleset").Output()
	if err != nil {
		w.Evidence = "nft, which would list the rules, is not here or refuses"
		return w
	}
	rules, err := parseNFT(text)
	if err != nil {
		w.Evidence = "what nft lists can't be read"
		return w
	}
	w.Rules, w.State, w.Evidence = rules, Off, "nft lists no rule for what comes in"
	if rules.any() {
		w.State, w.Evidence = On, "nft lists rules for what comes in"
	}
	return w
}

// legacy is iptables of before nftables: its tables are there once somebody has used them.
func legacy(file string) []Firewall {
	name, ask := "iptables-legacy", "sudo iptables-legacy -S"
	if strings.Contains(file, "ip6") {
		name, ask = "ip6tables-legacy", "sudo ip6tables-legacy -S"
	}
	text, err := os.ReadFile(file)
	if err == nil && !strings.Contains(string(text), "filter") || os.IsNotExist(err) {
		return nil
	}
	w := Firewall{Name: name, State: On, Evidence: file + " has the table filter", Ask: ask}
	if err != nil {
		w.State, w.Evidence = Unknown, "only an administrator may read "+file
	}
	return []Firewall{w}
}

// ToldFirewall says what an ordinary user is told of this computer's own firewall.
const ToldFirewall = "its kind; its rules as root"
