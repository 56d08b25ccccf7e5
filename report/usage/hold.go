package usage

import (
	"context"
	"time"

	"github.com/urfave/cli/v2"

	"whyport/probe"
	"whyport/probe/farend/ask"
	"whyport/probe/hold"
	"whyport/services"
)

// Bounds of --hold: a shorter silence tells nothing, and no firewall waits for days.
const (
	minHold = 10 * time.Second
	maxHold = 48 * time.Hour
)

// Engine is what makes the run that the flags ask for.
func Engine(c *cli.Context, names *services.Registry, plan *probe.Plan) (func(context.Context, probe.Plan, probe.Hooks) *probe.Run, error) {
	if far, err := farEnd(c, names, plan); err != nil {
		return nil, err
	} else if far != nil {
		return ask.After(*far), nil
	}
	if !c.IsSet("hold") {
		return probe.Execute, nil
	}
	silence, err := Seconds("--hold", c.String("hold"), minHold, maxHold)
	if err != nil {
		return nil, err
	}
	for _, flag := range []string{"proxy", "max-time"} {
		if c.IsSet(flag) {
			return nil, Exclusive("--hold", "--"+flag)
		}
	}
	ports := 0
	for _, t := range plan.Targets {
		ports += len(t.Candidates)
	}
	if ports > hold.MaxPorts && (c.IsSet("ports") || len(plan.Targets) > 1) {
		return nil, New("hold fewer: whyport "+example(plan)+" --hold "+c.String("hold")+" -p 443",
			"at most %d ports can be held at once, and %d are named", hold.MaxPorts, ports)
	}
	return hold.After(silence), nil
}

// example is the first target, where there is one.
func example(plan *probe.Plan) string {
	if len(plan.Targets) == 0 {
		return "server.example"
	}
	return plan.Targets[0].Host
}

// held is how long a run takes at least for --hold's sake.
func held(c *cli.Context) time.Duration {
	if !c.IsSet("hold") {
		return 0
	}
	silence, _ := Seconds("--hold", c.String("hold"), minHold, maxHold) // was checked
	return silence
}
