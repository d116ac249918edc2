package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// past is what a history says of the rows that witnesses touched.
type past struct {
	wanted     map[place]bool
	tables     map[int]bool // of which all rows are wanted
	named      map[history.TxnID]bool
	header     history.Header
	statements []string
	kills      []history.Event // when the server was killed
	txns       map[history.TxnID]*pastTxn
	// writes are, by row, those that were made, in the order of the history, and by version.
	writes map[place][]*pastWrite
	made   map[placeVersion]*pastWrite
	// appended are the elements that the witnesses appended to lists, each with the committed read that
	// returned it in the shortest list; nil if none did.
	appended map[placeElement]*pastWrite
	clients  map[int]bool // those of which a transaction was kept
}

// place is a row.
type place struct {
	table int
	key   int64
}

type placeVersion struct {
	place
	version history.Version
}

type placeElement struct {
	place
	element int64
}

// pastTxn is a transaction that wrote something wanted, or that a version names.
type pastTxn struct {
	history.Transaction     // without operations, unless it must be taken as a whole
	at                  int // its place in the history
	whole               bool
}

// pastWrite is what an operation did to one wanted row: mostly a write, of a list also a read.
type pastWrite struct {
	txn     *pastTxn
	place   place
	op      history.Op // without Rows
	row     history.Row
	version history.Version // that it made; with lists and registers the one that it would have
}

func (w *pastWrite) deletes() bool {
	return w.op.Kind == history.Delete || w.op.Kind == history.DeleteWhere
}

// pastOf says what to gather for witnesses: with tables, all of the tables that they read by a predicate.
func pastOf(witnesses []*Witness, tables bool) *past {
	p := &past{
		wanted: map[place]bool{}, tables: map[int]bool{}, named: map[history.TxnID]bool{}, txns: map[history.TxnID]*pastTxn{},
		writes: map[place][]*pastWrite{}, made: map[placeVersion]*pastWrite{}, appended: map[placeElement]*pastWrite{}, clients: map[int]bool{},
	}
	for _, w := range witnesses {
		for i := range w.Transactions {
			p.named[w.Transactions[i].ID()] = true
			for j := range w.Transactions[i].Ops {
				op := &w.Transactions[i].Ops[j]
				if op.Kind.NamesRow() {
					p.wanted[place{op.Table, op.Key}] = true
				}
				if at := (place{op.Table, op.Key}); op.Kind == history.Append && len(op.Set) > 0 {
					p.appended[placeElement{at, op.Set[0].Value.Int}] = nil
				}
				if tables && op.Kind.ByPredicate() {
					p.tables[op.Table] = true
				}
				for _, r := range op.Rows {
					p.wanted[place{op.Table, r.Key}] = true
					p.named[r.Version.Txn()], p.named[r.Previous.Txn()] = true, true
				}
			}
		}
	}
	return p
}

// gather reads the history for all that is wanted.
func gather(ctx context.Context, src Source, p *past) (*past, error) {
	stream, err := src.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the history to cut out a part: %w", err)
	}
	defer stream.Close()
	p.header = *stream.Header()
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			p.statements = append(p.statements, stream.Statements()...)
			p.kills = append(p.kills, kills(stream)...)
			return p, nil
		case err != nil:
			return nil, fmt.Errorf("reading the history to cut out a part: %w", err)
		}
		p.add(&t, n)
	}
}

// kills returns the events that say that the server was killed, and was there again: commits may be lost then.
func kills(s history.Stream) []history.Event {
	return slices.DeleteFunc(slices.Clone(s.Events()), func(e history.Event) bool { return e.Kind != history.EventKilled && e.Kind != killOver })
}

// add takes in what a transaction did to rows that are wanted.
func (p *past) add(t *history.Transaction, at int) {
	var kept *pastTxn
	keep := func() *pastTxn {
		if kept == nil {
			kept = &pastTxn{Transaction: *t, at: at}
			kept.Ops = nil
			p.txns[t.ID()] = kept
		}
		return kept
	}
	if p.named[t.ID()] || !p.clients[t.Client] {
		p.clients[t.Client] = true
		if keep(); p.named[t.ID()] && hides(t) {
			kept.Ops, kept.whole = t.Clone().Ops, true
		}
	}
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Error != nil {
			continue
		}
		if op.Kind.NamesRow() && len(op.Rows) == 0 {
			p.take(keep, t, i, history.Row{Key: op.Key})
		}
		for _, r := range op.Rows {
			p.take(keep, t, i, r)
		}
	}
}

// hides reports whether what the transaction wrote, or left written, is not all in its answers.
func hides(t *history.Transaction) bool {
	for i := range t.Ops {
		if op := &t.Ops[i]; op.Kind == history.RollbackTo || op.Kind.Writes() && (op.Gap || op.Error != nil) {
			return true
		}
	}
	return false
}

// take takes in what an operation did to one row, if that is wanted.
func (p *past) take(keep func() *pastTxn, t *history.Transaction, i int, r history.Row) {
	op := &t.Ops[i]
	at := place{op.Table, r.Key}
	switch reads := !op.Kind.Writes(); {
	case !p.wanted[at] && !p.tables[op.Table]:
	case reads && (p.header.Traces != history.ListAppend || t.Outcome != history.Committed || len(r.Values) == 0):
	case reads:
		p.takeList(keep, t, i, r)
	case len(op.Rows) == 0 && p.header.Traces == history.TracedRows: // it found no row
	default:
		w := newPastWrite(keep(), t, i, r)
		if !w.txn.whole && hides(t) {
			w.txn.Ops, w.txn.whole = t.Clone().Ops, true
		}
		p.writes[at] = append(p.writes[at], w)
		p.made[placeVersion{at, w.version}] = w
	}
}

// takeList takes in a read of a list if it is the shortest that returned a wanted element.
func (p *past) takeList(keep func() *pastTxn, t *history.Transaction, i int, r history.Row) {
	at := place{t.Ops[i].Table, r.Key}
	var read *pastWrite
	for _, n := range elementsOf(r.Values[0].Text) {
		e := placeElement{at, n}
		known, wanted := p.appended[e]
		if !wanted || known != nil && len(r.Values[0].Text) >= len(known.row.Values[0].Text) {
			continue
		}
		if read == nil {
			read = newPastWrite(keep(), t, i, r)
		}
		p.appended[e] = read
	}
}

func newPastWrite(txn *pastTxn, t *history.Transaction, i int, r history.Row) *pastWrite {
	op := t.Ops[i]
	op.Rows, op.Where = nil, nil
	op.Set, op.Update = slices.Clone(op.Set), slices.Clone(op.Update)
	r.Values = slices.Clone(r.Values)
	return &pastWrite{txn: txn, place: place{op.Table, r.Key}, op: op, row: r, version: t.ID().Version(i)}
}

// elementsOf returns the elements of a list.
func elementsOf(text string) []int64 {
	var all []int64
	for element := range strings.SplitSeq(text, ",") {
		if n, err := strconv.ParseInt(element, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// before returns the write that a write of a traced row replaced; nil if it made the row, or that is not known.
func (p *past) before(w *pastWrite) *pastWrite {
	if w.row.Previous == 0 {
		return nil
	}
	return p.made[placeVersion{w.place, w.row.Previous}]
}

// birth returns the write with which the life of a row began that a write belongs to, or the first that is known.
func (p *past) birth(w *pastWrite) *pastWrite {
	seen := map[*pastWrite]bool{}
	for b := p.before(w); b != nil && !seen[b]; b = p.before(w) {
		seen[b] = true
		w = b
	}
	return w
}

// columns returns the columns that a write of a traced row left. Not ok says that some are not known.
func (p *past) columns(w *pastWrite) (columns map[int]history.Value, ok bool) {
	chain := []*pastWrite{w}
	seen := map[*pastWrite]bool{w: true}
	for b := p.before(w); b != nil && !seen[b]; b = p.before(b) {
		seen[b] = true
		chain = append(chain, b)
	}
	columns = map[int]history.Value{}
	if first := chain[len(chain)-1]; first.row.Previous != 0 {
		for n := range p.header.Tables[w.place.table].Columns {
			columns[n] = history.Value{Kind: unknown}
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		write := chain[i]
		set := write.op.Set
		switch {
		case write.op.Kind == history.Upsert && write.row.Previous != 0:
			set = write.op.Update
		case write.row.Previous == 0:
			clear(columns)
		}
		for _, a := range set {
			columns[a.Column] = assigned(columns[a.Column], a)
		}
	}
	for v := range maps.Values(columns) {
		if v.Kind == unknown {
			return nil, false
		}
	}
	return columns, true
}

// assigned returns what an assignment makes of a column's value.
func assigned(old history.Value, a history.Assign) history.Value {
	switch {
	case a.Op == history.Set:
		return a.Value
	case a.Op == history.Add && old.Kind == history.Int && a.Value.Kind == history.Int:
		return history.IntValue(old.Int + a.Value.Int)
	case a.Op == history.Concat && a.Value.Kind == history.Int && (old.Kind == history.Text || old.Kind == history.Null):
		return history.TextValue(strings.TrimPrefix(old.Text+","+strconv.FormatInt(a.Value.Int, 10), ","))
	}
	return history.Value{Kind: unknown}
}
