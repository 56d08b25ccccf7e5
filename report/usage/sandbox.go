package usage

import (
	"log/slog"

	"whyport/probe/confine"
)

// confined takes from this process what is not among its needs. That it can't is no fault of the test that was asked for.
func confined(n confine.Needs) {
	state, err := confine.Begin(n)
	slog.Debug("sandbox", "state", string(state), "error", err)
}
