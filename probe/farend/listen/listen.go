// Package listen is the server's end of a check: it takes connections and datagrams on ports, says who arrived, and tells a
// client that has the token what it saw. Strangers get a page, a TLS handshake or nothing.
//
//	listen    the run, and what is opened for it              (listen.go, listener.go, open.go, holder)
//	serve     one connection: plain, TLS or HTTP on one port  (serve.go, guest.go, web.go)
//	datagram  the same over UDP                               (datagram.go)
//	answer    what a client with the token is told            (answer.go, back.go)
//	book      what arrived                                    (book.go)
//	half-open SYNs whose answer is not taken                  (halfopen.go, halfopen_linux.go)
//	capture   SYNs and answers on the wire                    (capture_linux.go)
//	limits    what a flood gets                               (limit.go, nonces.go)
package listen

import (
	"context"
	"sync"
)

// Run serves until ctx ends, and closes all.
func (l *Listener) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, s := range l.streams {
		wg.Go(func() { l.accept(ctx, s, &wg) })
	}
	for _, p := range l.packets {
		wg.Go(func() { l.receive(ctx, p) })
	}
	if l.captures != nil {
		wg.Go(func() { l.captures.run(ctx, l.note) })
		wg.Go(func() { l.watchWire(ctx) })
	}
	if l.halfOpen {
		wg.Go(func() { l.watchHalfOpen(ctx) })
	}
	<-ctx.Done()
	l.Close()
	wg.Wait()
}
