package page

import (
	"net/netip"

	"whyport/report"
	"whyport/report/phrase"
)

// Sizes of the drawing, in its own units.
const (
	nodeStep = 56
	nodeTop  = 28
	mostDots = 12 // nodes on the way; more of them are not drawn
)

// drawn is the way to the server as a column of nodes with lines between them.
type drawn struct {
	Height int
	Label  string // for those who don't see it
	Nodes  []node
	Lines  []stroke
	Cross  *cross
}

type node struct {
	Y             int
	Class         string // own, hop, quiet (never answered), server
	Title, Detail string
}

// stroke is dashed where nobody knows.
type stroke struct {
	Y1, Y2 int
	Class  string // sure or guess
}

type cross struct {
	Y     int
	Class string // sure or guess
	Text  string
}

// drawingOf draws the path of a port that does not work; nil where nothing is known of it.
func drawingOf(p *report.Entry, server string) *drawn {
	hop, party, confidence := 0, "", ""
	if w := p.Where; w != nil {
		party, confidence = w.Party, w.Confidence
		if w.Hop != nil {
			hop = *w.Hop
		}
	}
	own := party == "this-computer"
	if !own && (p.Path == nil || len(p.Path.Hops) == 0) {
		return nil
	}
	d := &drawn{Label: "The way to " + server}
	d.add("own", "this computer", "")
	if !own {
		d.hops(p, hop, server)
	}
	stop := len(d.Nodes) - 1
	d.add("server", server, report.Value(p.Address))
	if p.State != "open" { // room for the cross
		d.Nodes[stop+1].Y += nodeStep / 2
	}
	for i := 1; i < len(d.Nodes); i++ {
		class := "sure"
		if i > stop || d.Nodes[i].Class == "quiet" {
			class = "guess"
		}
		d.Lines = append(d.Lines, stroke{d.Nodes[i-1].Y, d.Nodes[i].Y, class})
	}
	at := d.Nodes[stop].Y + nodeStep*3/4
	d.Cross = &cross{Y: at, Class: "guess", Text: "stops about here"}
	switch {
	case p.State == "open":
		d.Cross, d.Lines[len(d.Lines)-1].Class = nil, "sure"
	case p.State == "closed":
		d.Cross.Text, d.Lines[len(d.Lines)-1].Class = "refused by the server", "sure"
	case own:
		d.Cross.Text = "stops on this computer"
	case hop == 0 && party != "server":
		d.Cross.Text = "stops somewhere behind"
	case p.Where.OrNext:
		d.Cross.Text = "stops here or at the next device"
	case confidence != "possible":
		d.Cross.Text = "stops here"
	}
	if d.Cross != nil && confidence == "certain" {
		d.Cross.Class = "sure"
	}
	d.Height = d.Nodes[len(d.Nodes)-1].Y + nodeTop
	if d.Cross != nil {
		d.Label += ": " + d.Cross.Text + ", behind " + d.Nodes[stop].Title
	}
	return d
}

// hops are the devices up to where it stops.
func (d *drawn) hops(p *report.Entry, hop int, server string) {
	last := lastShown(p, hop)
	if n := p.Path.Distance; n != nil && last >= *n {
		last = *n - 1 // the server itself ends the drawing
	}
	inside := true
	for i, h := range p.Path.Hops[:max(last, 0)] {
		if last > mostDots && i > 2 && i < last-mostDots+4 {
			continue
		}
		if h.TTL == hop && h.Address == nil {
			h.Address, h.Name = p.Where.Address, p.Where.Name
		}
		class, title := "hop", "on the way"
		if h.Address == nil {
			class, title = "quiet", "no answer"
		} else if a, err := netip.ParseAddr(*h.Address); inside && err == nil && (a.IsPrivate() || a.IsLinkLocalUnicast()) {
			title = "your network" // as far as the address tells
		} else {
			inside = false
		}
		if h.TTL == hop {
			title = partyTitle(p.Where.Party, title)
		}
		d.add(class, title, hopLabel(h))
	}
}

func partyTitle(party, otherwise string) string {
	switch party {
	case "local-network":
		return "your network"
	case "provider":
		return "an Internet provider"
	case "server-network":
		return "the server's network"
	case "proxy":
		return "the proxy"
	}
	return otherwise
}

func (d *drawn) add(class, title, detail string) {
	d.Nodes = append(d.Nodes, node{nodeTop + nodeStep*len(d.Nodes), class, phrase.Short(title, 40), phrase.Short(detail, 48)})
}
