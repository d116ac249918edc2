package databases

import "github.com/isocheck/isocheck/history"

// Do sends one operation that is given as data, as the steps of a probe are, and
// returns the rows that it answered, valid until the transaction ends. What the
// database answers is filled in here; op says what is asked.
func (tx *Tx) Do(op history.Op) []history.Row { return tx.do(op) }
