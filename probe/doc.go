// Package probe tests a plan: it finds out what can be reached, what stands in the way, and where. A run has these phases;
// every fact goes through probe/evidence, what it means is decided by probe/verdict alone.
//
//	plan       what is to be tested, and how (plan.go)
//	resolve    names become addresses to ask, the same for small and large runs (resolve.go)
//
//	small run, port by port (run.go, small.go)
//	  ask      one port: can it be reached, and what speaks there? (host.go, speech.go; probe/line, probe/speak)
//	  follow   where a server sends its clients: do they get there? (referral.go)
//	  enter    is it answered before a packet gets farther than the first router? (entry.go)
//	  explain  in which order ports are looked at more closely (explain.go)
//	  refer    the way to a port that answers: what others are compared with (reference.go, beside.go, confirm.go)
//	  origin   who sent a SYN-ACK or a RST? (origin.go; probe/path)
//	  locate   where does the sender of an ICMP error stand? (locate.go)
//	  retest   silence that may be a router's rate limit is asked again (retest.go)
//	  silence  how far do packets get, and is it the same place for others? (silence.go, compare.go)
//	  control  improbable ports: does something answer for everybody? (controls.go)
//
//	large run, in batches (large.go)
//	  sweep    one SYN after another to all ports (visit.go; probe/sweep)
//	  survey   which ports of an address are worth a look while the sweep goes on (survey.go, queue.go)
//	  look     one port, as in a small run, on the sweep's own connection (look.go, scout.go)
//	  doubt    silence that later answers disprove, hosts that shut this computer out (conclude.go, shutout.go)
//	  share    the verdicts of the ports that were looked at, for the others (probe/verdict)
//
//	result     what was seen of each port, with its verdict (result.go, bulk.go); runner.go hands it over
package probe
