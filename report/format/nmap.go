package format

import (
	"encoding/xml"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
	"whyport/report"
	"whyport/report/phrase"
)

// The elements of Nmap's XML output, as its reference guide ("XML Output") describes them; their order counts.
type (
	nmapRun struct {
		XMLName    xml.Name    `xml:"nmaprun"`
		Scanner    string      `xml:"scanner,attr"` // the DTD allows no other than nmap
		Args       string      `xml:"args,attr"`
		Start      int64       `xml:"start,attr"`
		StartText  string      `xml:"startstr,attr"`
		Version    string      `xml:"version,attr"`
		XMLVersion string      `xml:"xmloutputversion,attr"`
		Verbose    nmapLevel   `xml:"verbose"`
		Debugging  nmapLevel   `xml:"debugging"`
		Hosts      []*nmapHost `xml:"host"`
		Stats      nmapStats   `xml:"runstats"`
	}
	nmapLevel struct {
		Level int `xml:"level,attr"`
	}
	nmapHost struct {
		Start   int64        `xml:"starttime,attr"`
		End     int64        `xml:"endtime,attr"`
		Status  nmapState    `xml:"status"`
		Address nmapAddress  `xml:"address"`
		Names   *nmapNames   `xml:"hostnames"`
		Ports   nmapPortList `xml:"ports"`
	}
	nmapState struct {
		State  string `xml:"state,attr"`
		Reason string `xml:"reason,attr"`
		TTL    int    `xml:"reason_ttl,attr"`
		From   string `xml:"reason_ip,attr,omitempty"`
	}
	nmapAddress struct {
		Addr string `xml:"addr,attr"`
		Type string `xml:"addrtype,attr"`
	}
	nmapNames struct {
		Names []nmapName `xml:"hostname"`
	}
	nmapName struct {
		Name string `xml:"name,attr"`
		Type string `xml:"type,attr"`
	}
	nmapPortList struct {
		Extra []nmapExtra `xml:"extraports"`
		Ports []nmapPort  `xml:"port"`
	}
	nmapExtra struct {
		State  string     `xml:"state,attr"`
		Count  int        `xml:"count,attr"`
		Reason nmapReason `xml:"extrareasons"`
	}
	nmapReason struct {
		Reason string `xml:"reason,attr"`
		Count  int    `xml:"count,attr"`
		Proto  string `xml:"proto,attr"`
		Ports  string `xml:"ports,attr"`
	}
	nmapPort struct {
		Protocol string       `xml:"protocol,attr"`
		Number   uint16       `xml:"portid,attr"`
		State    nmapState    `xml:"state"`
		Service  *nmapService `xml:"service"`
		Script   nmapScript   `xml:"script"`
	}
	nmapService struct {
		Name    string `xml:"name,attr"`
		Product string `xml:"product,attr,omitempty"`
		Tunnel  string `xml:"tunnel,attr,omitempty"`
		Method  string `xml:"method,attr"`
		Conf    int    `xml:"conf,attr"` // of 10
	}
	nmapScript struct {
		ID     string `xml:"id,attr"`
		Output string `xml:"output,attr"`
	}
	nmapStats struct {
		Finished nmapFinished `xml:"finished"`
		Hosts    nmapCount    `xml:"hosts"`
	}
	nmapFinished struct {
		Time    int64  `xml:"time,attr"`
		Text    string `xml:"timestr,attr"`
		Elapsed string `xml:"elapsed,attr"`
		Summary string `xml:"summary,attr"`
		Exit    string `xml:"exit,attr"`
	}
	nmapCount struct {
		Up    int `xml:"up,attr"`
		Down  int `xml:"down,attr"`
		Total int `xml:"total,attr"`
	}
)

// writeNmap writes what tools for Nmap's files read: a host for each address. Ports of a large run that share a verdict
// are extraports.
func writeNmap(w *Writer, doc *report.View) error {
	start := begun(doc)
	elapsed := time.Duration(float64(doc.Duration) * float64(time.Millisecond))
	end := start.Add(elapsed)
	out := nmapRun{Scanner: "nmap", Args: "whyport " + doc.Tool.Version, Start: start.Unix(),
		StartText: start.Format(time.ANSIC), Version: doc.Tool.Version, XMLVersion: "1.05"}
	for _, t := range doc.Targets {
		out.Hosts = append(out.Hosts, nmapHosts(t, start.Unix(), end.Unix())...)
	}
	for _, h := range out.Hosts {
		out.Stats.Hosts.Total++
		if h.Status.State == "up" {
			out.Stats.Hosts.Up++
		} else {
			out.Stats.Hosts.Down++
		}
	}
	out.Stats.Finished = nmapFinished{Time: end.Unix(), Text: end.Format(time.ANSIC),
		Elapsed: fmt.Sprintf("%.2f", elapsed.Seconds()),
		Summary: fmt.Sprintf("whyport done at %s; %s scanned", doc.When(), phrase.Count(len(out.Hosts), "IP address")), Exit: "success"}
	return writeXML(w.Out, "<!DOCTYPE nmaprun>\n", out)
}

// begun is when the run began; the year 1 where a report does not say.
func begun(doc *report.View) time.Time {
	at, _ := time.Parse(time.RFC3339, doc.Started)
	return at.UTC()
}

func nmapHosts(t *report.TargetView, start, end int64) (hosts []*nmapHost) {
	byAddress := map[string]*nmapHost{}
	for _, e := range t.Entries {
		if e.Address == nil {
			continue // the name has none
		}
		h := byAddress[*e.Address]
		if h == nil {
			h = &nmapHost{
				Start:   start,
				End:     end,
				Status:  nmapState{State: "down", Reason: "no-response"},
				Address: nmapAddress{*e.Address, "ipv4"},
			}
			if a, err := netip.ParseAddr(*e.Address); err == nil && a.Is6() {
				h.Address.Type = "ipv6"
			}
			name := t.Host
			if e.Host != nil {
				name = *e.Host
			}
			if _, err := netip.ParseAddr(name); err != nil {
				h.Names = &nmapNames{[]nmapName{{name, "user"}}}
			}
			byAddress[*e.Address] = h
			hosts = append(hosts, h)
		}
		if h.Status.State == "down" && (e.State == string(verdict.Open) || e.State == string(verdict.Closed)) {
			h.Status = nmapState{State: "up", Reason: e.Reason}
		}
		if n := len(e.Numbers); n > 1 {
			h.Ports.Extra = append(h.Ports.Extra, nmapExtra{nmapStateOf(e), n, nmapReason{e.Reason, n, e.Protocol, commaRanges(e.Numbers)}})
			continue
		}
		h.Ports.Ports = append(h.Ports.Ports, nmapPortOf(e))
	}
	return hosts
}

func nmapPortOf(e *report.Entry) nmapPort {
	p := nmapPort{Protocol: e.Protocol, Number: e.Port.Port, State: nmapState{State: nmapStateOf(e), Reason: e.Reason},
		Script: nmapScript{"whyport", e.State + ": " + e.Why}}
	if e.ICMP != nil {
		p.State.From = report.Value(e.ICMP.From)
		if e.ICMP.TTL != nil {
			p.State.TTL = *e.ICMP.TTL
		}
	}
	switch {
	case e.Identified != nil:
		p.Service = &nmapService{Name: *e.Identified, Product: report.Value(e.Product), Method: "probed", Conf: 10}
	case e.Service.Name != nil:
		p.Service = &nmapService{Name: *e.Service.Name, Method: "table", Conf: 3}
	}
	encrypted := e.TLS != nil && (e.TLS.State == string(evidence.TLSOK) || e.TLS.State == string(evidence.TLSUntrusted))
	if p.Service != nil && encrypted && e.TLS.StartTLS == nil {
		p.Service.Tunnel = "ssl"
	}
	return p
}

// nmapStateOf is the nearest of Nmap's six states.
func nmapStateOf(e *report.Entry) string {
	switch verdict.State(e.State) {
	case verdict.Open:
		return "open"
	case verdict.Closed:
		return "closed"
	case verdict.Unknown:
		if e.Protocol == string(evidence.UDP) {
			return "open|filtered"
		}
		return "unknown"
	}
	return "filtered"
}

// commaRanges is a list as Nmap's -p takes it.
func commaRanges(numbers []uint16) string {
	var b []byte
	for i := 0; i < len(numbers); {
		n := i + 1
		for n < len(numbers) && int(numbers[n]) == int(numbers[i])+n-i {
			n++
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(numbers[i]), 10)
		if n-i > 1 {
			b = strconv.AppendUint(append(b, '-'), uint64(numbers[n-1]), 10)
		}
		i = n
	}
	return string(b)
}
