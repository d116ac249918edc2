package checker

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// complete reports whether all transactions of a client are in the history, so
// that a version of another one was written by nobody. A client of which nothing is
// there may have been recorded in another file.
func (ix *index) complete(client int) bool {
	if !ix.closed {
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

func (ix *index) hasClient(client int) bool {
	return client < len(ix.byNumber) && len(ix.byNumber[client]) > 0
}

// countStrangers counts the reads and writes that name a version of a transaction
// which is not in the history.
func (ix *index) countStrangers() {
	stranger := func(v history.Version) bool { return v > 0 && ix.txnOf(v.Txn()) < 0 }
	for i := range ix.reads {
		if stranger(ix.reads[i].version) {
			ix.strangers++
		}
	}
	for i := range ix.writes {
		if stranger(ix.writes[i].previous) {
			ix.strangers++
		}
	}
}

// doubts says what speaks against calling a history without violations a pass.
func (ix *index) doubts() []string {
	var doubts []string
	if ix.strangers > 0 {
		doubts = append(doubts, fmt.Sprintf("%d reads and writes name versions of transactions that are not in the history: are there other files of the same run?", ix.strangers))
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
