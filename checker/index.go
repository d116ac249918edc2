package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// index is a history in dense arrays: transactions, objects and predicates have
// small numbers, and what a transaction did is a range of each array. It is
// filled one transaction at a time and keeps nothing of the transactions
// themselves, so that a history of any length needs only these arrays.
type index struct {
	header history.Header
	closed bool
	events []history.Event
	// strangers is how many reads and writes name a version of a transaction that is
	// not in the history, though its client may be: shards may be missing.
	strangers int
	// mergedClocks says that the history comes from several processes, whose clocks do not compare.
	mergedClocks bool
	// timeless says that no transaction has a time.
	timeless bool

	// By transaction, in the order of the file.
	ids        []history.TxnID
	start, end []int64
	outcome    []history.Outcome
	// Transaction t's operations, reads, writes and scans are those from
	// xxxFrom[t] up to xxxFrom[t+1].
	opFrom, readFrom, writeFrom, scanFrom []int32

	ops      []opTime
	farTimes []farTime
	reads    []read
	writes   []write
	scans    []scan
	cells    []cell // what reads returned
	assigns  []assign

	objects    objects
	texts      foldedTexts
	predicates []predicate
	predicate  map[string]int32
	byNumber   [][]int32 // by client and transaction counter: the transaction plus one
	// sparse has the transactions whose counters are too far from the others for byNumber.
	sparse map[history.TxnID]int32
	// vague are the operations of which it is not known which rows they wrote:
	// writes that failed half-way or did not tell.
	vague bitSet
	// hidden are the same writes, with what is known of them.
	hidden []hiddenWrite

	// refusals are inserts that found their row there already, where an invariant is about them.
	refusals []refusal

	// read tells how much of the history is in the index, if that is known.
	read progress

	exercised exercise
	saved     []savepoint // of the transaction that is being added
	// rolledBack says that some write was rolled back to a savepoint.
	rolledBack bool
	// conditions is how many of the predicates can choose only one row.
	conditions int

	// lists is set where the history has no versions but lists that tell them.
	lists *lists
}

// read is one row as one operation saw it.
type read struct {
	version history.Version // absent where there was no such row
	object  int32
	cells   int32 // where its values are in index.cells, -1 if it returned none
	source  int32 // the write that it saw, -1 unknown
	at      int16 // see op
	locked  bool
	// scanned says that a predicate chose the row.
	scanned bool
}

// op is the index of the operation within the transaction.
func (r *read) op() int32 { return int32(r.at) }

// absent is the version of a read that found no row. Which of the object's
// unborn and dead versions it saw is found out by candidates.
const absent history.Version = -1

// write is one row as one operation left it.
type write struct {
	previous   history.Version
	txn        int32
	object     int32
	op         int32
	assigns    int32 // index.assigns[assigns : assigns+numAssigns]
	numAssigns uint16
	insert     bool
	deleted    bool
	// undone is the operation that rolled the write back to a savepoint, 0 if none did.
	undone int32
}

// scan is one evaluation of a predicate. The rows that matched are among the
// transaction's reads, or its writes, with the same op.
type scan struct {
	txn       int32
	op        int32
	predicate int32
	locked    bool
	// partial says that absence proves nothing: the scan had a limit or skipped locked rows.
	partial bool
	writes  bool // an UPDATE or DELETE … WHERE
}

// assign is a history.Assign in which the value is a cell, taken apart so that there is no gap between its parts.
type assign struct {
	value  int64
	kind   history.ValueKind
	op     history.AssignOp
	column uint16
}

func (a *assign) cell() cell { return cell{value: a.value, kind: a.kind} }

func load(ctx context.Context, src Source, opts Options) (*index, error) {
	stream, err := src.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the history: %w", err)
	}
	defer stream.Close()
	ix := newIndex(*stream.Header())
	ix.read, _ = stream.(progress)
	watching := newWatcher(opts)
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			ix.closed, ix.events = stream.Closed(), slices.Clone(stream.Events())
			return ix, nil
		case err != nil:
			return nil, err // it says where in which file
		}
		if err := ix.add(&t); err != nil {
			return nil, err
		}
		watching.look(ctx, ix, src)
	}
}

// infer finds out the versions, where the history has none of its own.
func (ix *index) infer(ctx context.Context, src Source) error {
	if ix.lists == nil {
		return nil
	}
	if err := ix.lists.infer(ctx, ix, src); err != nil {
		return err
	}
	if len(ix.lists.writes.repeated) == 0 {
		return nil
	}
	w := &ix.writes[ix.lists.writes.repeated[0]]
	return fmt.Errorf("transaction %s appends to %s %d what another append had appended there: in a list-append history the elements of a list must differ",
		ix.ids[w.txn], ix.header.Tables[ix.objects.table[w.object]].Name, ix.objects.key[w.object])
}

func newIndex(h history.Header) *index {
	ix := &index{
		header: h, mergedClocks: h.Parts > 1, timeless: true,
		opFrom: []int32{0}, readFrom: []int32{0}, writeFrom: []int32{0}, scanFrom: []int32{0},
		predicate: map[string]int32{}, sparse: map[history.TxnID]int32{},
	}
	if h.Traces == history.ListAppend {
		ix.lists = &lists{}
	}
	return ix
}

// len returns the number of transactions.
func (ix *index) len() int { return len(ix.ids) }

// add takes one transaction in. It keeps no reference to it.
func (ix *index) add(t *history.Transaction) error {
	n := int32(ix.len())
	if err := ix.name(t, n); err != nil {
		return err
	}
	ix.ids = push(ix.ids, t.ID(), ix.read)
	ix.start, ix.end = push(ix.start, t.Start, ix.read), push(ix.end, t.End, ix.read)
	ix.outcome = push(ix.outcome, t.Outcome, ix.read)
	ix.timeless = ix.timeless && t.End == 0
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Table < 0 || op.Table >= len(ix.header.Tables) {
			return fmt.Errorf("transaction %s: operation %d names table %d of %d", t.ID(), i, op.Table, len(ix.header.Tables))
		}
		ix.addTimes(op)
		if op.Kind.Writes() && (op.Gap || op.Error != nil) {
			ix.vague.add(int32(len(ix.ops)) - 1)
			ix.addHidden(n, int32(i), op)
		}
		if op.Error != nil {
			continue
		}
		if ix.lists != nil && op.Kind != history.Read && op.Kind != history.Append {
			return fmt.Errorf("transaction %s: operation %d is %s, but a list-append history has reads and appends only", t.ID(), i, op.Kind)
		}
		if v := t.ID().Version(i); op.Kind.Writes() && slices.ContainsFunc(op.Rows, func(r history.Row) bool { return r.Version != 0 && r.Version != v }) {
			return fmt.Errorf("transaction %s: operation %d wrote version %s, but versions are made of the transaction and the operation: %s", t.ID(), i, op.Rows[0].Version, v)
		}
		if !op.Kind.NamesRow() && !op.Kind.ByPredicate() {
			ix.savepoint(n, int32(i), op)
			continue
		}
		ix.addOp(n, int32(i), op)
	}
	ix.saved = ix.saved[:0]
	ix.opFrom = push(ix.opFrom, int32(len(ix.ops)), ix.read)
	ix.readFrom = push(ix.readFrom, int32(len(ix.reads)), ix.read)
	ix.writeFrom = push(ix.writeFrom, int32(len(ix.writes)), ix.read)
	ix.scanFrom = push(ix.scanFrom, int32(len(ix.scans)), ix.read)
	ix.note(n)
	return nil
}

// name makes the transaction findable by its id.
func (ix *index) name(t *history.Transaction, n int32) error {
	if t.Client < 0 || t.Client > history.MaxClient || t.Number < 1 || t.Number > history.MaxNumber {
		return fmt.Errorf("transaction %s: client and number must be from 0 to %d and from 1 to %d", t.ID(), history.MaxClient, history.MaxNumber)
	}
	if len(t.Ops) > history.MaxOps {
		return fmt.Errorf("transaction %s has %d operations, the most is %d", t.ID(), len(t.Ops), history.MaxOps)
	}
	for len(ix.byNumber) <= t.Client {
		ix.byNumber = append(ix.byNumber, nil)
	}
	if ix.txnOf(t.ID()) >= 0 {
		return fmt.Errorf("transaction %s is in the history twice", t.ID())
	}
	numbers := ix.byNumber[t.Client]
	if t.Number > 2*len(numbers)+1<<16 {
		ix.sparse[t.ID()] = n
		return nil
	}
	for len(numbers) <= t.Number {
		numbers = push(numbers, 0, ix.read)
	}
	numbers[t.Number] = n + 1
	ix.byNumber[t.Client] = numbers
	return nil
}

func (ix *index) addOp(txn, i int32, op *history.Op) {
	switch {
	case op.Kind == history.Read:
		if len(op.Rows) == 0 {
			if op.Lock != history.SkipLocked {
				ix.addRead(i, op, op.Key, absent, nil)
			}
			return
		}
		ix.addRead(i, op, op.Key, given(op.Rows[0].Version, unwritten), op.Rows[0].Values)
	case op.Kind == history.ReadWhere:
		ix.addScan(txn, i, op)
		for _, r := range op.Rows {
			ix.addRead(i, op, r.Key, given(r.Version, unwritten), r.Values)
		}
	case op.Kind.ByPredicate():
		ix.addScan(txn, i, op)
		for _, r := range op.Rows {
			ix.addWrite(txn, i, op, r.Key, given(r.Previous, unplaced))
		}
	case len(op.Rows) > 0:
		ix.addWrite(txn, i, op, op.Key, given(op.Rows[0].Previous, unplaced))
	case op.Kind == history.Insert || op.Kind == history.Append:
		ix.addWrite(txn, i, op, op.Key, 0)
	case op.Kind == history.InsertIgnore:
		// It was refused by any version of the row, or of another one with its value in a unique column.
		ix.addRefusal(txn, i, op)
	case len(op.Where) > 0:
		ix.addCondition(txn, i, op)
		ix.addRefusal(txn, i, op)
	case !op.Gap:
		// An UPDATE or DELETE that found no row read that there is none.
		ix.addRead(i, op, op.Key, absent, nil)
	}
}

// given returns a version that a file names, or what stands for one that no file can name.
func given(v, instead history.Version) history.Version {
	if v < 0 {
		return instead
	}
	return v
}

func (ix *index) addRead(i int32, op *history.Op, key int64, v history.Version, values []history.Value) {
	r := read{
		object: ix.objects.intern(int32(op.Table), key), at: int16(i), version: v, cells: -1, source: -1,
		locked: op.Lock != history.NoLock || op.Kind.Writes(), scanned: op.Kind.ByPredicate(),
	}
	if v > 0 && v.Txn() != ix.ids[len(ix.ids)-1] {
		// Most writers come shortly before their readers, so that they are at hand now.
		r.source = ix.find(r.object, v)
	}
	switch {
	case ix.lists != nil:
		// What an aborted transaction read says nothing, and what one read that may have aborted may hold its own
		// appends, which then had no effect.
		if outcome := ix.outcome[len(ix.outcome)-1]; len(values) > 0 && outcome != history.Aborted {
			ix.lists.read(int32(len(ix.reads)), r.object, values[0].Text, outcome == history.Committed, ix.read)
		}
	case len(values) > 0:
		r.cells = int32(len(ix.cells))
		columns := len(ix.header.Tables[op.Table].Columns)
		for c := range columns {
			if c < len(values) {
				ix.cells = push(ix.cells, ix.texts.cell(r.object, values[c]), ix.read)
			} else {
				ix.cells = push(ix.cells, cell{kind: unknown}, ix.read)
			}
		}
	}
	ix.reads = push(ix.reads, r, ix.read)
}

func (ix *index) addWrite(txn, i int32, op *history.Op, key int64, previous history.Version) {
	w := write{
		txn: txn, object: ix.objects.intern(int32(op.Table), key), op: i, previous: previous,
		assigns: int32(len(ix.assigns)),
		insert:  op.Kind == history.Insert || op.Kind == history.InsertIgnore || (op.Kind == history.Append || op.Kind == history.Upsert) && previous == 0,
		deleted: op.Kind == history.Delete || op.Kind == history.DeleteWhere,
	}
	set := op.Set
	if op.Kind == history.Upsert && !w.insert {
		set = op.Update
	}
	w.numAssigns = uint16(len(set))
	for _, a := range set {
		value := cellOf(a.Value)
		ix.assigns = push(ix.assigns, assign{value: value.value, kind: value.kind, op: a.Op, column: uint16(a.Column)}, ix.read)
	}
	ix.writes = push(ix.writes, w, ix.read)
}

// The operations, reads, writes and scans of transaction t.

func (ix *index) readsOf(t int32) []read   { return ix.reads[ix.readFrom[t]:ix.readFrom[t+1]] }
func (ix *index) writesOf(t int32) []write { return ix.writes[ix.writeFrom[t]:ix.writeFrom[t+1]] }
func (ix *index) scansOf(t int32) []scan   { return ix.scans[ix.scanFrom[t]:ix.scanFrom[t+1]] }

// isSetup reports whether transaction t is the harness's own, which puts the
// rows in before the clients start and reads them all when they have ended.
func (ix *index) isSetup(t int32) bool { return ix.ids[t].Client() == 0 }
