package local

import (
	"fmt"
	"slices"
	"strings"

	"whyport/probe/evidence"
	"whyport/probe/local"
	"whyport/report/phrase"
)

// summary is the sentence that stands first.
func summary(f *local.Facts) string {
	asked := f.Query.Text != ""
	switch {
	case f.Interrupted:
		return "Interrupted before everything was looked at."
	case len(f.Waiting) == 0 && asked:
		return nobody(f)
	case len(f.Waiting) == 0 && f.OthersHidden:
		return "No program that you may see waits for connections."
	case len(f.Waiting) == 0:
		return "Nothing waits for connections here."
	case asked:
		return found(f)
	}
	ports, outside := counts(f)
	if ports == 1 && outside == 0 {
		return "1 port in use. Others can't reach it."
	}
	return fmt.Sprintf("%s in use. Others can reach %s, as far as addresses go.", phrase.Count(ports, "port"), ofThem(outside, ports))
}

func ofThem(n, all int) string {
	switch {
	case n == 0:
		return "none of them"
	case all == 1:
		return "it"
	case n == all:
		return "all of them"
	}
	return fmt.Sprintf("%d of them", n)
}

// counts are the ports where something waits, and those of them that others can reach.
func counts(f *local.Facts) (ports, outside int) {
	seen := map[string]bool{}
	for i := range f.Waiting {
		s := &f.Waiting[i]
		reached, known := seen[port(s)]
		now := reached || f.Reach(s).Outside()
		seen[port(s)] = now
		if !known {
			ports++
		}
		if now && !reached {
			outside++
		}
	}
	return ports, outside
}

// found says what waits on the ports that were asked for.
func found(f *local.Facts) string {
	var out []string
	for i := range f.Waiting {
		s := &f.Waiting[i]
		text := "on " + port(s) + " waits " + someProgram(s)
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return phrase.Capital(phrase.Listed(out, 4)) + "."
}

// nobody says that nothing is there, and no more than could be seen.
func nobody(f *local.Facts) string {
	var what []string
	if len(f.Query.Ports) > 0 {
		what = append(what, "on "+ports(f.Query.Ports))
	}
	text := "Nothing waits "
	if f.OthersHidden {
		text = "Nothing that you may see waits "
	}
	if f.Query.Program != "" {
		program := fmt.Sprintf("no program with %q in its name waits anywhere", phrase.Short(f.Query.Program, 60))
		if f.Hidden() {
			program = fmt.Sprintf("no program that you may see has %q in its name", phrase.Short(f.Query.Program, 60))
		}
		if len(what) == 0 {
			return phrase.Capital(program) + "."
		}
		return text + what[0] + ", and " + program + "."
	}
	return text + what[0] + "."
}

func ports(all []local.Port) string {
	by := map[evidence.Protocol][]uint16{}
	var order []evidence.Protocol
	for _, p := range all {
		if by[p.Protocol] == nil {
			order = append(order, p.Protocol)
		}
		by[p.Protocol] = append(by[p.Protocol], p.Number)
	}
	var out []string
	for _, protocol := range order {
		kind := string(protocol)
		if kind == "" {
			kind = "tcp or udp"
		}
		out = append(out, strings.ToUpper(kind[:3])+kind[3:]+" "+phrase.Ranges(by[protocol]))
	}
	return strings.ReplaceAll(strings.Join(out, " and "), "or udp", "or UDP")
}

// next are sentences on what to do where nothing is found, and what this user may not see.
func next(f *local.Facts) (out []string) {
	if len(f.Waiting) == 0 && f.Query.Text != "" && !f.Interrupted {
		for _, s := range f.Beside() {
			out = append(out, fmt.Sprintf("On %s waits %s: the other protocol.", port(&s), someProgram(&s)))
		}
		if len(f.Query.Ports) > 0 {
			out = append(out, "Connections to it are refused. Is the program running, and does its configuration name this port? "+
				"whyport local PROGRAM shows where it waits.")
		} else {
			out = append(out, "Is it running, and under that name? whyport local without a name lists all.")
		}
		if f.ForwardsByRules() {
			out = append(out, "The kernel can forward a port that nothing waits on, as Docker without its proxy and Kubernetes have it: "+
				"sudo nft list ruleset.")
		}
	}
	if f.OthersHidden {
		out = append(out, "Programs of other users, the system's own among them, are not shown: run it as administrator to see them.")
	} else if n := f.Unseen(); n > 0 {
		instead := "run it as administrator to see them"
		if f.Administrator {
			instead = "the system hides them from this administrator, too"
		}
		out = append(out, fmt.Sprintf("%s can't be seen: %s.", theProgram(n), instead))
	}
	return out
}

func theProgram(n int) string {
	if n == 1 {
		return "The program of 1 socket"
	}
	return fmt.Sprintf("The programs of %d sockets", n)
}

// unread says where a firewall's rules may not be read; once, for all sockets that others can reach.
func unread(f *local.Facts) string {
	for i := range f.Waiting {
		if g := f.Gate(&f.Waiting[i]); g.Answer == local.Unread {
			return "Whether a rule lets others in can't be told without administrator rights: run " + g.Ask + "."
		}
	}
	return ""
}
