package checker

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// complete reports whether all transactions of a client are in the history, so
// that a version of another one was written by nobody. A client of which nothing is
// there may have been recorded in another file.
func (ix *index) complete(client int) bool {
	if !ix.closed || ix.missingShards() > 0 {
		return false
	}
	if ix.hasClient(client) {
		return true
	}
	for c := 1; c <= ix.header.Clients; c++ {
		if !ix.hasClient(c) {
			return false
		}
	}
	return ix.header.Clients > 0
}

// missingShards is how many of the files that make the history are not here.
func (ix *index) missingShards() int {
	return max(0, ix.header.Shards-max(1, ix.header.Parts))
}

func (ix *index) hasClient(client int) bool {
	return client < len(ix.byNumber) && len(ix.byNumber[client]) > 0
}

// strange reports whether a version is one of a transaction that is not in the history.
func (ix *index) strange(v history.Version) bool { return v > 0 && ix.txnOf(v.Txn()) < 0 }

// doubts says what speaks against calling a history without violations a pass.
func (ix *index) doubts() []string {
	var doubts []string
	if n := ix.missingShards(); n > 0 {
		doubts = append(doubts, fmt.Sprintf("the files of %d of %d shards are not here", n, ix.header.Shards))
	}
	if ix.strangers > 0 {
		doubts = append(doubts, fmt.Sprintf("%d %s versions of transactions that are not in the history: are there other files of the same run?", ix.strangers, agree(ix.strangers, "operation names", "reads and writes name")))
	}
	for _, e := range ix.events {
		switch e.Kind {
		case history.EventStopped, history.EventServerLost:
			doubts = append(doubts, "the run ended before its time: "+e.Detail)
		case history.EventFinalStateUnread:
			doubts = append(doubts, "the final state was not read: "+e.Detail)
		}
	}
	return doubts
}
