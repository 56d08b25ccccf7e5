package probe

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"whyport/probe/evidence"
	"whyport/probe/verdict"
)

// broker answers ApiVersions and Metadata (Kafka protocol guide) and sends its clients to the addresses; it counts who comes.
func broker(t *testing.T, to func(own string) []string) (port string, visits *atomic.Int32) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	visits = &atomic.Int32{}
	number := func(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	brokers := to(port)
	metadata := number(len(brokers))
	for i, b := range brokers {
		host, p, _ := net.SplitHostPort(b)
		n, _ := strconv.Atoi(p)
		metadata += number(i) + string([]byte{0, byte(len(host))}) + host + number(n) + "\xff\xff"
	}
	answers := map[byte]string{18: "\x00\x00\x00\x00\x00\x01\x00\x12\x00\x00\x00\x03", 3: metadata + number(0) + number(0)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			visits.Add(1)
			go func() {
				defer c.Close()
				for head := make([]byte, 12); ; {
					if _, err := io.ReadFull(c, head); err != nil {
						return
					}
					rest := make([]byte, min(binary.BigEndian.Uint32(head)-8, 1<<10))
					if _, err := io.ReadFull(c, rest); err != nil {
						return
					}
					reply := string(head[8:12]) + answers[head[5]]
					_, _ = io.WriteString(c, number(len(reply))+reply)
				}
			}()
		}
	}()
	return port, visits
}

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// TestReferralsAreFollowed: where a broker sends its clients is looked up and connected to, and nowhere else.
func TestReferralsAreFollowed(t *testing.T) {
	t.Parallel()
	names := book{"kafka-2.test": {"127.0.0.1"}, "nobody.test": {"0.0.0.0"}, "kept.test": {"127.66.0.1"}}
	other, visits := broker(t, func(string) []string { return nil })
	gone, kept := closedPort(t), closedPort(t)
	for name, tc := range map[string]struct {
		to      []string
		rule    string
		usable  bool
		became  string
		visited int32
	}{
		"itself":   {[]string{"127.0.0.1:OWN"}, "spoke-no-tls spoke", true, "works", 0},
		"another":  {[]string{"kafka-2.test:" + other}, "spoke-no-tls spoke", true, "works", 1},
		"no name":  {[]string{"kafka-1.test:9092"}, "referred-nowhere", false, "not-found", 0},
		"closed":   {[]string{"kafka-2.test:" + gone}, "referred-nowhere", false, "fails", 0},
		"nowhere":  {[]string{"0.0.0.0:9092", "224.0.0.1:9092"}, "referred-nowhere", false, "nowhere nowhere", 0},
		"some":     {[]string{"127.0.0.1:OWN", "kafka-1.test:9092"}, "referred-partly", true, "works not-found", 0},
		"sinkhole": {[]string{"nobody.test:9092"}, "referred-nowhere", false, "fails", 0},
		"excluded": {[]string{"kept.test:9092", "127.66.0.2:9092", "127.0.0.1:" + kept}, "spoke-no-tls spoke", true, "unknown excluded excluded", 0},
		"no host":  {[]string{"bad host:9092", "a..b:9092", strings.Repeat("a", 254) + ":9092", "kafka-2.test:0"}, "spoke-no-tls spoke", true, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			visits.Store(0)
			port, _ := broker(t, func(own string) (out []string) {
				for _, to := range tc.to {
					out = append(out, strings.ReplaceAll(to, "OWN", own))
				}
				return out
			})
			target := targetOf(netip.MustParseAddr("127.0.0.1"), port)
			target.Candidates[0].Expect = "kafka"
			keep, _ := strconv.Atoi(kept)
			run := Execute(t.Context(), Plan{Targets: []Target{target}, Options: Options{
				Resolver: names.config(), TLS: TLSNever, Trace: TraceNever, NoNames: true, Exclude: []netip.Prefix{netip.MustParsePrefix("127.66.0.0/16")},
				ExcludePort: func(p uint16, _ evidence.Protocol) bool { return int(p) == keep },
			}}, Hooks{})
			got := run.Targets[0].Results[0]
			if !strings.Contains(tc.rule, got.Verdict.Rule) || got.Verdict.Usable != tc.usable || became(got.Port.Referred) != tc.became {
				t.Errorf("%+v, %q", got.Verdict, became(got.Port.Referred))
			}
			for range 100 { // it counts when it gets to it
				if visits.Load() == tc.visited {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Errorf("%d connections to the other broker", visits.Load())
		})
	}
}

func became(all []evidence.Referral) string {
	var out []string
	for i := range all {
		r := &all[i]
		switch got := verdict.OnwardOf(r); {
		case r.Skipped != "":
			out = append(out, r.Skipped)
		case r.Resolution.Problem != "":
			out = append(out, r.Resolution.Problem)
		default:
			out = append(out, map[verdict.Onward]string{verdict.OnwardWorks: "works", verdict.OnwardFails: "fails", verdict.OnwardUnknown: "unknown"}[got])
		}
	}
	return strings.Join(out, " ")
}

// TestReferralsAreBounded: of very many addresses that a server names the first are tested, each once, at two addresses.
func TestReferralsAreBounded(t *testing.T) {
	t.Parallel()
	names := book{}
	port, visits := broker(t, func(own string) (out []string) {
		for i := range 30 {
			name := "b" + strconv.Itoa(i/2) + ".test"
			names[name] = []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"}
			out = append(out, name+":"+own)
		}
		return append(out, "c1.test:"+own, "c2.test:"+own)
	})
	target := targetOf(netip.MustParseAddr("127.0.0.1"), port)
	target.Candidates[0].Expect = "kafka"
	run := Execute(t.Context(), Plan{Targets: []Target{target}, Options: Options{
		Resolver: names.config(), TLS: TLSNever, Trace: TraceNever, NoNames: true}}, Hooks{})
	addresses, left := 0, 0
	for _, r := range run.Targets[0].Results[0].Port.Referred {
		addresses = max(addresses, len(r.Reached))
		if r.Skipped == evidence.SkippedTooMany {
			left++
		}
	}
	if left != 1 || addresses != maxReferredAddresses || visits.Load() != 1 {
		t.Errorf("%d left out, up to %d addresses, %d connections", left, addresses, visits.Load())
	}
}
