package checker

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// cutting is the putting together of one cut-out.
type cutting struct {
	*past
	witness *Witness
	extent  extent
	own     map[history.TxnID]bool // the witness's transactions
	// others are the transactions of others that are taken along, with what they did.
	others map[history.TxnID]*pastTxn
	did    map[history.TxnID][]*pastWrite
	kept   map[*pastWrite]bool
	// renamed are the versions that got other numbers, by what they were.
	renamed map[placeVersion]history.Version
	setup   []*pastWrite // that become the set-up's inserts
}

// build returns the cut-out that takes as much along as the extent says.
func (p *past) build(id AnomalyID, w *Witness, e extent) *history.History {
	c := &cutting{
		past: p, witness: w, extent: e, own: map[history.TxnID]bool{}, others: map[history.TxnID]*pastTxn{},
		did: map[history.TxnID][]*pastWrite{}, kept: map[*pastWrite]bool{}, renamed: map[placeVersion]history.Version{},
	}
	for i := range w.Transactions {
		c.own[w.Transactions[i].ID()] = true
	}
	switch p.header.Traces {
	case history.TracedRows:
		c.keepVersions()
	default:
		c.keepValues()
	}
	c.keepNamed()
	return &history.History{Header: p.headerOf(id, w), Statements: p.statements, Txns: c.transactions(), Events: p.kills, Closed: true}
}

// headerOf returns the header of a cut-out. Its run is another: it is no shard of the history's.
func (p *past) headerOf(id AnomalyID, w *Witness) history.Header {
	h := p.header
	h.Invariants, h.Params = nil, maps.Clone(h.Params)
	if h.Params == nil {
		h.Params = map[string]string{}
	}
	h.Params["cutOut"] = string(id)
	if h.Run != "" { // else no run of ours recorded it, and what client 0 did is nothing special
		h.Run = fmt.Sprintf("%s-%s-%s", h.Run, id, w.Transactions[0].ID())
	}
	return h
}

// all reports whether all that was done to a row is taken along.
func (c *cutting) all(at place) bool {
	switch c.extent {
	case referenced:
		return false
	case ofEdges:
		return slices.ContainsFunc(c.witness.Edges, func(e Edge) bool { return e.Table == at.table && e.Key == at.key })
	default:
		return true
	}
}

// rows returns the rows of the past that this witness touched, in a fixed order.
func (c *cutting) rows() []place {
	mine := pastOf([]*Witness{c.witness}, c.extent == ofTables)
	rows := slices.DeleteFunc(slices.Collect(maps.Keys(c.writes)), func(at place) bool { return !mine.wanted[at] && !mine.tables[at.table] })
	slices.SortFunc(rows, func(a, b place) int { return cmp.Or(cmp.Compare(a.table, b.table), cmp.Compare(a.key, b.key)) })
	return rows
}

// keep takes along what somebody else did.
func (c *cutting) keep(w *pastWrite) {
	if w == nil || c.kept[w] {
		return
	}
	c.kept[w] = true
	if id := w.txn.ID(); !c.own[id] {
		c.others[id] = w.txn
		c.did[id] = append(c.did[id], w)
	}
}

// keepVersions takes along the writes of traced rows that are needed.
func (c *cutting) keepVersions() {
	for _, at := range c.rows() {
		for _, w := range c.writes[at] {
			if c.own[w.txn.ID()] || c.all(at) {
				c.keep(w)
			}
		}
	}
	for i := range c.witness.Transactions {
		for j := range c.witness.Transactions[i].Ops {
			op := &c.witness.Transactions[i].Ops[j]
			for _, r := range op.Rows {
				at := place{op.Table, r.Key}
				c.keep(c.made[placeVersion{at, r.Version}])
				c.keep(c.made[placeVersion{at, r.Previous}])
			}
		}
	}
	c.keepMissed()
	c.keepDeaths()
}

// keepNamed takes along, of the transactions that versions name which nobody wrote, that they were
// there, and all of those whose answers do not tell all that they wrote.
func (c *cutting) keepNamed() {
	for i := range c.witness.Transactions {
		for _, op := range c.witness.Transactions[i].Ops {
			for _, r := range op.Rows {
				for _, v := range []history.Version{r.Version, r.Previous} {
					if t := c.txns[v.Txn()]; v > 0 && t != nil && c.made[placeVersion{place{op.Table, r.Key}, v}] == nil && !c.own[t.ID()] {
						c.others[t.ID()] = t
					} else if v > 0 && t == nil && c.extent > referenced {
						c.keepClients()
					}
				}
			}
		}
	}
}

// keepClients takes a transaction of every client along: what nobody wrote, nobody of them all wrote.
func (c *cutting) keepClients() {
	seen := map[int]bool{}
	for id := range c.own {
		seen[id.Client()] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.txns)) {
		if !seen[id.Client()] {
			seen[id.Client()] = true
			c.others[id] = c.txns[id]
		}
	}
}

// transactions puts the transactions together, in the order of the history.
func (c *cutting) transactions() []history.Transaction {
	type placed struct {
		at  int
		txn history.Transaction
	}
	var all []placed
	for _, id := range slices.Sorted(maps.Keys(c.others)) {
		all = append(all, placed{c.others[id].at, c.reduced(c.others[id])})
	}
	for i := range c.witness.Transactions {
		t := &c.witness.Transactions[i]
		all = append(all, placed{c.txns[t.ID()].at, t.Clone()})
	}
	first := int64(-1)
	for i := range all {
		if first < 0 || all[i].txn.Start < first {
			first = all[i].txn.Start
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	var setups []history.Transaction
	if n := slices.IndexFunc(all, func(p placed) bool { return c.takesMore(&p.txn) }); n >= 0 {
		for _, w := range c.setup {
			c.setUp(&all[n].txn, w, all[n].txn.Start)
		}
	} else {
		setups = c.setups(max(0, first-1))
		for i := range setups {
			c.rename(&setups[i])
		}
	}
	for i := range all {
		t := &all[i].txn
		if len(t.Ops) == 0 && c.did[t.ID()] != nil {
			continue // all that it did the set-up does
		}
		c.rename(t)
		setups = append(setups, *t)
	}
	return setups
}

// reduced returns a transaction of another with only what is taken along.
func (c *cutting) reduced(p *pastTxn) history.Transaction {
	t := p.Transaction
	if p.whole {
		return t.Clone()
	}
	writes := c.did[t.ID()]
	slices.SortStableFunc(writes, func(a, b *pastWrite) int { return cmp.Compare(a.version, b.version) })
	for _, w := range writes {
		if len(t.Ops) == history.MaxOps {
			break // the same transaction had no more, except by predicates
		}
		op := w.op
		op.Statement, op.Key = -1, w.place.key
		op.Rows = []history.Row{w.row}
		if c.header.Traces == history.TracedRows {
			if c.truncated(w) {
				c.setup = append(c.setup, w)
				continue
			}
			c.again(&op, w)
			version := t.ID().Version(len(t.Ops))
			c.renamed[placeVersion{w.place, w.version}] = version
		}
		t.Ops = append(t.Ops, op)
	}
	return t
}

// again makes an operation write, by itself, what a write of a traced row left.
func (c *cutting) again(op *history.Op, w *pastWrite) {
	before := c.before(w)
	for before != nil && !c.kept[before] {
		before = c.before(before)
	}
	deletes := w.deletes()
	columns, known := c.columns(w)
	switch {
	case deletes:
		op.Kind = history.Delete
	case w.row.Previous == 0:
		op.Kind = history.Insert
	default:
		op.Kind = history.Update
	}
	if known && !deletes {
		op.Set, op.Update = settings(columns), nil
	}
	row := history.Row{Key: w.place.key, Version: w.version, Previous: w.row.Previous}
	if before != nil {
		row.Previous = before.version
	}
	op.Rows = []history.Row{row}
}

// settings returns the assignments that set the columns.
func settings(columns map[int]history.Value) []history.Assign {
	var set []history.Assign
	for _, n := range slices.Sorted(maps.Keys(columns)) {
		set = append(set, history.Assign{Column: n, Value: columns[n]})
	}
	return set
}

// truncated reports whether the versions before a write are left out, so that the set-up makes the row as
// the write left it. That cannot be where the write took no effect, or did not make a row.
func (c *cutting) truncated(w *pastWrite) bool {
	if w.row.Previous == 0 || w.txn.Outcome != history.Committed || w.deletes() {
		return false
	}
	for b := c.before(w); b != nil; b = c.before(b) {
		if c.kept[b] {
			return false
		}
	}
	_, known := c.columns(w)
	return known
}

// takesMore reports whether a transaction is the history's own set-up, and has room for what the cut-out's is to make.
func (c *cutting) takesMore(t *history.Transaction) bool {
	return t.Client == 0 && t.Number == 1 && t.Outcome == history.Committed && !c.own[t.ID()] && !c.txns[t.ID()].whole &&
		len(t.Ops)+len(c.setup) <= history.MaxOps
}

// setups returns the transactions that put the rows in which were there before.
func (c *cutting) setups(at int64) []history.Transaction {
	number := 0
	for _, t := range c.witness.Transactions {
		if t.Client == 0 {
			number = max(number, t.Number)
		}
	}
	for id := range c.others {
		if id.Client() == 0 {
			number = max(number, id.Number())
		}
	}
	var all []history.Transaction
	for i, w := range c.setup {
		if i%history.MaxOps == 0 {
			number++
			all = append(all, history.Transaction{Number: number, Name: "setup", Start: at, Finish: at, End: at, Outcome: history.Committed})
		}
		c.setUp(&all[len(all)-1], w, at)
	}
	return all
}

// setUp makes a transaction of the set-up leave a row as a write left it, or append what it appended.
func (c *cutting) setUp(t *history.Transaction, w *pastWrite, at int64) {
	op := w.op
	op.Start, op.End, op.Statement, op.Rows = at, at, -1, []history.Row{w.row}
	if c.header.Traces == history.TracedRows {
		columns, _ := c.columns(w)
		version := t.ID().Version(len(t.Ops))
		c.renamed[placeVersion{w.place, w.version}] = version
		op = history.Op{
			Kind: history.Insert, Table: w.place.table, Key: w.place.key, Set: settings(columns), Start: at, End: at, Statement: -1,
			Rows: []history.Row{{Key: w.place.key, Version: w.version}}, // it gets its new number with all others
		}
	}
	t.Ops = append(t.Ops, op)
}

// rename gives all the versions that a transaction names their new numbers.
func (c *cutting) rename(t *history.Transaction) {
	if c.header.Traces != history.TracedRows {
		return
	}
	for i := range t.Ops {
		op := &t.Ops[i]
		for j := range op.Rows {
			r := &op.Rows[j]
			at := place{op.Table, r.Key}
			if v, ok := c.renamed[placeVersion{at, r.Version}]; ok {
				r.Version = v
			}
			if v, ok := c.renamed[placeVersion{at, r.Previous}]; ok {
				r.Previous = v
			}
		}
	}
}
