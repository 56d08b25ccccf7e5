package evidence

// Extra is something that connections can have beside what every one has, and that devices may take offence at.
type Extra string

// What is tried. The marks are DSCP's: those of SSH and of voice and video (RFC 8325, RFC 4594).
const (
	DSCPVoice       Extra = "dscp-ef"   // 46
	DSCPVideo       Extra = "dscp-af41" // 34
	DSCPInteractive Extra = "dscp-af21" // 18
	DSCPBulk        Extra = "dscp-cs1"  // 8
	ECN             Extra = "ecn"       // RFC 3168: the SYN has ECE and CWR
	MPTCP           Extra = "mptcp"     // RFC 8684
	FastOpen        Extra = "fast-open" // RFC 7413: the SYN asks for a cookie
)

// Extras are all of them.
func Extras() []Extra {
	return []Extra{DSCPVoice, DSCPVideo, DSCPInteractive, DSCPBulk, ECN, MPTCP, FastOpen}
}

// DSCP is the mark's number; 0: it is none.
func (e Extra) DSCP() int {
	return map[Extra]int{DSCPVoice: 46, DSCPVideo: 34, DSCPInteractive: 18, DSCPBulk: 8}[e]
}

// Tried is what became of connections with an extra, made in turn with plain ones, which all worked.
type Tried struct {
	Extra Extra `json:"extra"`
	// Outcome is connected; or how each of them ended; or no-socket: this computer's system does not let everybody try it.
	Outcome Outcome `json:"outcome"`
}
