package ask

import (
	"context"
	"math/rand/v2"

	"whyport/probe/evidence"
	"whyport/probe/socket"
)

// Source ports that systems give out themselves (RFC 6056).
const (
	firstSource = 33000
	sourceRange = 27000
)

// mapping connects from one source port to two ports of the server: does a NAT make the same of it?
func (a *asker) mapping(ctx context.Context) {
	var ports []*evidence.Port
	for _, p := range a.ports {
		if p.Protocol == evidence.TCP && p.FarEnd != nil && p.FarEnd.Proven && len(ports) < 2 {
			ports = append(ports, p)
		}
	}
	if len(ports) < 2 {
		return
	}
	from := uint16(firstSource + rand.IntN(sourceRange))
	var seen [2]*exchange
	for i, p := range ports {
		conn := a.dial(ctx, socket.Request{FromPort: from}, p.Port)
		if conn == nil {
			return
		}
		defer socket.Abort(conn)
		if seen[i] = a.converse(ctx, conn, conn, nil); seen[i] == nil {
			return
		}
	}
	first, second := seen[0].answer.Source, seen[1].answer.Source
	found := evidence.MappingByPort
	switch {
	case first == second && first == seen[0].own:
		return // no NAT
	case first == second && first.Port() == from:
		found = evidence.MappingKept
	case first == second:
		found = evidence.MappingSame
	}
	for _, p := range ports {
		p.FarEnd.Mapping = found
	}
}
