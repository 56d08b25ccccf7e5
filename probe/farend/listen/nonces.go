package listen

import "sync"

// maxNonces are remembered. A question that was recorded and is sent again after so many others would be answered to whoever
// sends it, with what is seen of him; the answer is of no use to anybody else, since it is bound to the nonce.
const maxNonces = 1 << 16

// nonces are those of questions that were answered.
type nonces struct {
	mu    sync.Mutex
	known map[string]bool
	order []string
}

// fresh reports whether a question was not answered yet, and remembers it.
func (n *nonces) fresh(nonce []byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := string(nonce)
	if n.known[key] {
		return false
	}
	if n.known == nil {
		n.known = map[string]bool{}
	}
	if len(n.order) == maxNonces {
		delete(n.known, n.order[0])
		n.order = n.order[1:]
	}
	n.known[key], n.order = true, append(n.order, key)
	return true
}
