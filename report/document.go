// Package report says what a run found: every sentence for people, every format. Foreign text
// (names, banners, certificates) is escaped here, on its way into a Document.
package report

import "whyport/report/words"

// SchemaVersion of the JSON; additive changes bump the minor part.
const SchemaVersion = "1.5"

// Millis is a duration in milliseconds, rounded to microseconds.
type Millis float64

// Document is the JSON report: a promise to scripts. What was not established is null or absent, never false.
type Document struct {
	SchemaVersion string      `json:"schema_version"`
	Tool          Tool        `json:"tool"`
	Started       string      `json:"started"`                 // RFC 3339, UTC
	StartedLocal  string      `json:"started_local,omitempty"` // the same with this computer's zone
	Duration      Millis      `json:"duration_ms"`
	Interrupted   bool        `json:"interrupted"`
	Source        Source      `json:"source"`
	Requirement   Requirement `json:"requirement"`
	Error         *Problem    `json:"error,omitempty"`
	Targets       []Target    `json:"targets"`
}

// Tool is the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Source is the computer that the tests came from.
type Source struct {
	Hostname  *string  `json:"hostname"`
	OS        string   `json:"os"`
	Addresses []string `json:"addresses"`
	Proxy     *string  `json:"proxy"`
}

// Problem is an error after the start: what happened and what to do next.
type Problem struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	NextStep string `json:"next_step"`
}

// Requirement is what the application needs; Met is null where too little could be tested to say.
type Requirement struct {
	Mode   string  `json:"mode"`
	Met    *bool   `json:"met"`
	Groups []Group `json:"groups,omitempty"`
}

// Group is a part of a requirement.
type Group struct {
	Name  string   `json:"name"`
	Mode  string   `json:"mode"`
	Met   *bool    `json:"met"`
	Ports []string `json:"ports"` // "443/tcp"
}

// Target is one host as a person wrote it, with its ports in the order of preference.
type Target struct {
	Input               string      `json:"input"`
	Host                string      `json:"host"`
	Application         *string     `json:"application,omitempty"` // what the ports are for; absent: nobody said
	Resolution          Resolution  `json:"resolution"`
	From                []Outlet    `json:"from,omitempty"`
	Requirement         Requirement `json:"requirement"`
	Summary             string      `json:"summary"`
	NextStep            *string     `json:"next_step"`
	Notes               []Note      `json:"notes"`
	RecommendedPort     *uint16     `json:"recommended_port"`
	RecommendedProtocol *string     `json:"recommended_protocol,omitempty"`
	AcceptsEveryPort    *bool       `json:"accepts_every_port"` // null: no improbable port was tried
	MTU                 []MTU       `json:"mtu,omitempty"`      // of addresses; absent: not measured
	Shared              []*Shared   `json:"shared,omitempty"`   // what very many ports have in common
	Ports               []Port      `json:"ports"`
}

// Note is a finding about the whole target, or one that a verdict does not exclude.
type Note = words.Note

// Outlet is how connections to a target left this computer.
type Outlet struct {
	Address   string  `json:"address"`
	Interface *string `json:"interface"`        // null: not known
	Gateway   *string `json:"gateway"`          // null: none, or not known
	Medium    *string `json:"medium,omitempty"` // what the interface is made of, where it is known
}

// Port is one port of one address with its verdict and what led to it.
type Port struct {
	Address    *string       `json:"address"` // null: the name did not resolve
	Port       uint16        `json:"port"`
	Protocol   string        `json:"protocol"`
	Host       *string       `json:"host,omitempty"` // asked instead of the target, where a profile names one
	Expect     *string       `json:"expect,omitempty"`
	Service    Service       `json:"service"`
	State      string        `json:"state"`
	Reason     string        `json:"reason"`
	Confidence *string       `json:"confidence"`
	Usable     *bool         `json:"usable"`  // null: not established
	Finding    string        `json:"finding"` // why in a few words
	Why        string        `json:"why"`
	NextStep   *string       `json:"next_step"`
	Caveats    []Note        `json:"caveats"` // what the evidence does not exclude
	Notes      []Note        `json:"notes"`   // findings beside the verdict
	Where      *Where        `json:"where"`
	Attempts   int           `json:"attempts"`
	Answered   int           `json:"answered"`
	Lossy      *bool         `json:"lossy"` // null: nothing answered
	Connect    *Millis       `json:"connect_ms"`
	Duration   *Millis       `json:"duration_ms"`
	Source     *string       `json:"source"`
	ICMP       *ICMP         `json:"icmp"`
	TLS        *TLS          `json:"tls"`
	HTTP       *HTTP         `json:"http,omitempty"`
	FTP        *FTP          `json:"ftp,omitempty"`
	Referred   []Referred    `json:"referred,omitempty"`    // where the server sends its clients, as it was tested
	Hold       *Hold         `json:"hold,omitempty"`        // what becomes of idle connections; absent: none were kept
	FarEnd     Asked[FarEnd] `json:"far_end,omitzero"`      // of a listener at the server; absent: not asked, null: could not be
	Asked      *string       `json:"asked,omitempty"`       // of the port: tls, starttls, plain or ssh; absent: find out
	Spent      *int          `json:"connections,omitempty"` // that the port accepted of this run; absent: none
	Banner     *string       `json:"banner"`
	Provoked   *bool         `json:"banner_provoked,omitempty"` // true: said only after a ClientHello or a request
	Identified *string       `json:"identified"`
	Product    *string       `json:"product,omitempty"`
	Via        *Via          `json:"via,omitempty"`     // the proxy that it was asked for through; absent: direct
	Through    *Port         `json:"through,omitempty"` // where the direct way failed: the same port through a proxy
	Path       *Path         `json:"path"`
	Rule       string        `json:"rule,omitempty"` // of the judge
	Evidence   []Evidence    `json:"evidence"`
}

// Service is what usually runs on the port, which proves nothing about what does.
type Service struct {
	Name        *string `json:"name"`
	Class       string  `json:"class"`
	Description *string `json:"description"`
	Everyday    *string `json:"everyday,omitempty"` // what people call it, where the registry's name says little
}

// Where a connection stopped.
type Where struct {
	Party      string  `json:"party"`
	Hop        *int    `json:"hop"`
	Address    *string `json:"address"`
	Name       *string `json:"name"`
	Confidence string  `json:"confidence"`
	OrNext     bool    `json:"or_next,omitempty"` // or the entry of the hop after it
}

// ICMP is the error message that answered.
type ICMP struct {
	Type uint8   `json:"type"`
	Code uint8   `json:"code"`
	From *string `json:"from"`
	TTL  *int    `json:"ttl"`
}

// HTTP is the answer to a request for the first page.
type HTTP struct {
	Status    int     `json:"status"`
	Server    *string `json:"server"`
	Location  *string `json:"location"`
	Refresh   *string `json:"refresh,omitempty"` // where the page itself sends browsers
	Via       *string `json:"via"`
	BlockPage *string `json:"block_page"`
}

// FTP says whether passive data connections get through.
type FTP struct {
	Passive string  `json:"passive"`
	Why     *string `json:"why"`
	Mode    *string `json:"mode"`
	Port    *uint16 `json:"port"`
	Told    *string `json:"told"`
}

// Path is the way towards the port, as far as it was seen.
type Path struct {
	Distance     *int  `json:"distance"` // hops to the server; null: not known
	LastReplyHop *int  `json:"last_reply_hop"`
	Hops         []Hop `json:"hops"`
}

// Hop is what came back for one TTL; no address: nobody answered.
type Hop struct {
	TTL     int     `json:"ttl"`
	Address *string `json:"address"`
	Name    *string `json:"name,omitempty"`
	RTT     *Millis `json:"rtt_ms"`
	End     *string `json:"end,omitempty"` // how the walk ended here, where it did
}

// Evidence is one thing that was seen.
type Evidence struct {
	Step   string `json:"step"`
	Signal string `json:"signal"`
	Detail string `json:"detail"`
}
