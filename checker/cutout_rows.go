package checker

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// What is taken along of rows so that what is left out does not make them look otherwise: why a predicate did not give
// them, and that they were gone before they were made again.

// keepMissed takes along, of rows that a predicate evaluated by the witness's transactions did not give, the writes
// that may be why: else it would seem to have missed what is taken along of these rows.
func (c *cutting) keepMissed() {
	for i := range c.witness.Transactions {
		t := &c.witness.Transactions[i]
		for j := range t.Ops {
			op := &t.Ops[j]
			if !op.Kind.ByPredicate() || op.Error != nil {
				continue
			}
			for _, at := range c.rows() {
				if at.table == op.Table && slices.ContainsFunc(c.writes[at], func(w *pastWrite) bool { return c.kept[w] }) &&
					!slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Key == at.key }) {
					c.keepUntil(at, t, op)
				}
			}
		}
	}
}

// keepUntil takes along the writes of a row that an operation may have seen: those sent before it was answered, and
// at first only those that took effect while its transaction ran, and the last before.
func (c *cutting) keepUntil(at place, t *history.Transaction, op *history.Op) {
	var last *pastWrite
	for _, w := range c.writes[at] {
		switch {
		case w.op.Start > op.End || w.txn.Outcome == history.Aborted:
		case c.extent > referenced || w.txn.End >= t.Start:
			c.keep(w)
		case last == nil || last.txn.End < w.txn.End || last.txn == w.txn && last.version < w.version:
			last = w
		}
	}
	c.keep(last)
}

// keepDeaths takes along the deletes after which somebody made again a row that the cut-out has before, too: two rows
// of one key would replace the same version.
func (c *cutting) keepDeaths() {
	for _, at := range c.rows() {
		lives := map[*pastWrite]bool{} // by the write with which each begins, as far as that is known
		for _, w := range c.writes[at] {
			if c.kept[w] {
				lives[c.birth(w)] = true
			}
		}
		if len(lives) < 2 {
			continue
		}
		for _, w := range c.writes[at] {
			if w.deletes() && w.txn.Outcome == history.Committed && lives[c.birth(w)] {
				c.keep(w)
			}
		}
	}
}
