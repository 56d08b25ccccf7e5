package lookup

import (
	"context"
	"strings"
	"sync"
	"time"

	"whyport/probe/evidence"
)

// questions are what the name servers are asked about one name, while the system's resolver looks it up, too.
type questions struct {
	cancel  context.CancelFunc
	need    chan struct{} // closed when more than the first server has to be asked
	first   chan struct{} // closed when the first server is done with
	all     chan struct{} // closed when all are
	unknown *invention    // a name that nobody has

	mu      sync.Mutex
	answers [][]evidence.NameAnswer // by server
}

// question begins to ask. The first server is asked at once, the others when there is need.
func (l *Lookup) question(ctx context.Context, name string) *questions {
	servers, search := l.servers()
	if len(servers) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	q := &questions{cancel: cancel, need: make(chan struct{}), first: make(chan struct{}), all: make(chan struct{}),
		answers: make([][]evidence.NameAnswer, len(servers))}
	var asking sync.WaitGroup
	for i, s := range servers {
		asking.Go(func() {
			if i == 0 {
				defer close(q.first)
			} else if !q.needed(ctx) {
				return
			}
			for _, n := range candidates(name, search) {
				if !q.add(i, l.both(ctx, Server{At: s}, n)) {
					return
				}
			}
		})
	}
	go func() {
		asking.Wait()
		close(q.all)
	}()
	q.unknown = l.invent(ctx, servers[0], nobodys)
	return q
}

func (q *questions) needed(ctx context.Context) bool {
	select {
	case <-q.need:
	case <-time.After(othersAfter):
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// add keeps what a server said of a name, and reports whether it has to be asked for the next candidate: resolvers do that
// only where there is none or no address (resolv.conf(5)).
func (q *questions) add(server int, answers []evidence.NameAnswer) (next bool) {
	next = true
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range answers {
		a := &answers[i]
		next = next && len(a.Extended) == 0 && (a.Says("NXDOMAIN") || a.Says("NOERROR"))
		if a.End != evidence.NotAsked {
			q.answers[server] = append(q.answers[server], *a)
		}
	}
	return next
}

// join takes the answers into the resolution: all of them where what the system's resolver said leaves a question open, those
// that come soon otherwise.
func (q *questions) join(r *evidence.Resolution) {
	if q == nil {
		return
	}
	defer q.cancel()
	if wanting(r) {
		close(q.need)
		<-q.all
	}
	soon, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	q.unknown.await(soon)
	if !wanting(r) {
		select {
		case <-q.first:
		case <-soon.Done():
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, answers := range q.answers {
		r.Asked = append(r.Asked, answers...)
	}
	q.unknown.tell(r)
}

// both asks one server for both families at once.
func (k asker) both(ctx context.Context, server Server, name string) []evidence.NameAnswer {
	answers := make([]evidence.NameAnswer, 2)
	var asking sync.WaitGroup
	for i, f := range []evidence.Family{evidence.IPv4, evidence.IPv6} {
		asking.Go(func() { answers[i] = k.askOver(ctx, server, name, f) })
	}
	asking.Wait()
	return answers
}

// candidates are the names that a resolver tries for one that was typed: one with a dot is tried as it is first.
func candidates(name string, search []string) (out []string) {
	bare := strings.TrimSuffix(name, ".")
	if bare != name {
		return []string{bare}
	}
	for _, d := range search {
		out = append(out, bare+"."+d)
	}
	if strings.Contains(bare, ".") {
		return append([]string{bare}, out...)
	}
	return append(out, bare)
}

// others asks the servers that the person wants to be compared.
func (l *Lookup) others(ctx context.Context, name string) (out []evidence.NameAnswer) {
	answers := make([][]evidence.NameAnswer, len(l.compare))
	var asking sync.WaitGroup
	for i, s := range l.compare {
		asking.Go(func() { answers[i] = l.both(ctx, s, strings.TrimSuffix(name, ".")) })
	}
	asking.Wait()
	for _, a := range answers {
		out = append(out, a...)
	}
	return out
}
