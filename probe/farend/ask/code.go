package ask

import (
	"slices"

	"whyport/probe/evidence"
)

// takeCode keeps what a person carried over, where the listener could not be asked.
func (a *asker) takeCode() {
	if a.Code == "" {
		return
	}
	var tcp []uint16
	for _, p := range a.ports {
		if p.Protocol == evidence.TCP {
			tcp = append(tcp, p.Port)
		}
	}
	covered, arrived, err := a.token.ReadCode(a.Code, tcp)
	if err != nil {
		return // was checked where it was typed
	}
	for _, p := range a.ports {
		if p.Protocol != evidence.TCP || !slices.Contains(covered, p.Port) {
			p.FarBeyondCode = true
			continue
		}
		s := &evidence.Sight{Code: true, Held: true}
		if slices.Contains(arrived, p.Port) {
			s.Arrived, s.Answered = 1, 1
		}
		farOf(p).Sight = s
	}
}
