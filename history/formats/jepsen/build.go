package jepsen

import (
	"fmt"
	"strconv"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// builder makes the operations of transactions, in the same memory each time.
type builder struct {
	facts   *facts
	scanner *scan.Scanner
	unknown *history.Error // of a read whose answer nobody knows

	ops    []history.Op
	sets   []history.Assign
	rows   []history.Row
	values []history.Value
	text   []byte
	names  map[string]string
}

// operations fills in the transaction's name and operations. done is nil where the
// operation was never completed.
func (b *builder) operations(t *history.Transaction, begun, done *event) bool {
	b.ops, b.sets, b.rows, b.values = b.ops[:0], b.sets[:0], b.rows[:0], b.values[:0]
	from := begun // what the operation was to do, and did
	answered := done != nil && done.typ == ok && done.value != 0
	if done != nil && done.value != 0 && (answered || begun.value != 0 && done.form(done.value) == begun.form(begun.value)) {
		from = done // else the value is why it failed, or none
	}
	t.Name = b.name(from)
	sound := false
	switch b.facts.workload {
	case listAppend, rwRegister:
		sound = b.txn(from, answered)
	case bank:
		sound = b.bank(from, answered)
	case counter:
		sound = b.counter(from, answered)
	case set:
		sound = b.set(from, answered)
	}
	if !sound {
		return false
	}
	if len(b.ops) > history.MaxOps {
		return b.scanner.FailAt(from.at, fmt.Sprintf("this transaction has %d operations; the most is %d", len(b.ops), history.MaxOps))
	}
	for i := range b.ops {
		b.ops[i].Start, b.ops[i].End, b.ops[i].Statement = t.Start, t.End, -1
	}
	t.Ops = b.ops
	return true
}

// name returns the name of the operation.
func (b *builder) name(e *event) string {
	if e.f == 0 || e.form(e.f) < keywordForm || e.form(e.f) > stringForm {
		return "txn"
	}
	if name, known := b.names[string(e.text(e.f))]; known {
		return name
	}
	if b.names == nil {
		b.names = map[string]string{}
	}
	name := string(e.text(e.f))
	if len(b.names) < 1000 {
		b.names[name] = name
	}
	return name
}

// txn builds micro-operations.
func (b *builder) txn(e *event, answered bool) bool {
	if e.value == 0 || e.form(e.value) != listForm {
		return b.scanner.FailAt(e.at, "expected a :value with the transaction's micro-operations")
	}
	for m := e.first(e.value); m != 0; m = e.next(m) {
		mop, found := e.mop(b.scanner, m)
		if !found {
			return false
		}
		op := history.Op{Kind: history.Read, Key: b.facts.names.key(e, mop.key)}
		switch {
		case mop.op != readOp:
			if e.form(mop.value) != intForm {
				return b.wants(e, mop.value, "an integer to write")
			}
			op.Kind, op.Set = history.Update, b.assign(history.Set, e.nodes[mop.value].n)
			if mop.op == appendOp {
				op.Kind, op.Set[0].Op = history.Append, history.Concat
			}
		case e.form(mop.value) == nilForm:
			if !answered {
				op.Error = b.unknown
			}
		case b.facts.workload == listAppend:
			if op.Rows, found = b.list(e, op.Key, mop.value); !found {
				return false
			}
		case e.form(mop.value) != intForm:
			return b.wants(e, mop.value, "the integer that was read, or nil")
		default:
			op.Rows = b.row(op.Key, e.nodes[mop.value].n)
		}
		b.ops = append(b.ops, op)
	}
	return true
}

func (b *builder) wants(e *event, n int32, what string) bool {
	return b.scanner.FailAt(e.place(n), "expected "+what+", found "+e.describe(n))
}

func (b *builder) assign(op history.AssignOp, n int64) []history.Assign {
	b.sets = append(b.sets, history.Assign{Op: op, Value: history.IntValue(n)})
	last := len(b.sets)
	return b.sets[last-1 : last : last]
}

// row returns one row that holds an integer.
func (b *builder) row(key, n int64) []history.Row {
	return b.rowOf(key, history.IntValue(n))
}

func (b *builder) rowOf(key int64, v history.Value) []history.Row {
	b.values = append(b.values, v)
	last := len(b.values)
	b.rows = append(b.rows, history.Row{Key: key, Values: b.values[last-1 : last : last]})
	last = len(b.rows)
	return b.rows[last-1 : last : last]
}

// wrote returns the one row of a write.
func (b *builder) wrote(key int64) []history.Row {
	b.rows = append(b.rows, history.Row{Key: key})
	n := len(b.rows)
	return b.rows[n-1 : n : n]
}

// list returns the row of a list; an empty one is no row.
func (b *builder) list(e *event, key int64, n int32) ([]history.Row, bool) {
	switch {
	case e.form(n) == intsForm && len(e.text(n)) == 0:
		return nil, true
	case e.form(n) == intsForm:
		return b.rowOf(key, history.TextValue(string(e.text(n)))), true
	case e.form(n) != listForm:
		return nil, b.wants(e, n, "the list that was read, or nil")
	}
	b.text = b.text[:0]
	for c := e.first(n); c != 0; c = e.next(c) {
		if e.form(c) != intForm {
			return nil, b.wants(e, c, "an integer, as elements of lists are")
		}
		if len(b.text) > 0 {
			b.text = append(b.text, ',')
		}
		b.text = strconv.AppendInt(b.text, e.nodes[c].n, 10)
	}
	if len(b.text) == 0 {
		return nil, true
	}
	return b.rowOf(key, history.TextValue(string(b.text))), true
}

// bank builds a transfer, or a read of all accounts.
func (b *builder) bank(e *event, answered bool) bool {
	if e.isWord(e.f, "read") {
		return b.readAll(e, answered, mapForm)
	}
	var from, to, amount int32
	if e.value == 0 || e.form(e.value) != mapForm {
		return b.scanner.FailAt(e.at, "expected a :value such as {:from 1, :to 2, :amount 3}")
	}
	for k := e.first(e.value); k != 0; k = e.next(e.next(k)) {
		switch v := e.next(k); {
		case e.isWord(k, "from"):
			from = v
		case e.isWord(k, "to"):
			to = v
		case e.isWord(k, "amount"):
			amount = v
		}
	}
	if from == 0 || to == 0 || amount == 0 || e.form(amount) != intForm {
		return b.wants(e, e.value, "a transfer :from an account :to another, and the :amount, an integer")
	}
	n := e.nodes[amount].n
	for _, step := range []struct {
		account int32
		add     int64
	}{{from, -n}, {to, n}} {
		key := b.facts.names.key(e, step.account)
		b.ops = append(b.ops, history.Op{Kind: history.Update, Key: key, Set: b.assign(history.Add, step.add), Rows: b.wrote(key)})
	}
	return true
}

// counter builds an addition to the counter, or a read of it.
func (b *builder) counter(e *event, answered bool) bool {
	if e.isWord(e.f, "read") {
		return b.readAll(e, answered, intForm)
	}
	if e.value == 0 || e.form(e.value) != intForm {
		return b.scanner.FailAt(e.at, "expected a :value, the integer to add")
	}
	b.ops = append(b.ops, history.Op{Kind: history.Update, Set: b.assign(history.Add, e.nodes[e.value].n), Rows: b.wrote(0)})
	return true
}

// set builds an addition to the set, or a read of all of it.
func (b *builder) set(e *event, answered bool) bool {
	if e.isWord(e.f, "read") {
		return b.readAll(e, answered, listForm)
	}
	if e.value == 0 {
		return b.scanner.FailAt(e.at, "expected a :value, the element to add")
	}
	key := b.facts.names.key(e, e.value)
	b.ops = append(b.ops, history.Op{Kind: history.Insert, Key: key, Rows: b.wrote(key)})
	return true
}

// readAll builds a read of the whole table.
func (b *builder) readAll(e *event, answered bool, want form) bool {
	op := history.Op{Kind: history.ReadWhere}
	start := len(b.rows)
	switch {
	case e.value == 0 || e.form(e.value) == nilForm || !answered:
		op.Error = b.unknown
	case e.form(e.value) != want:
		return b.wants(e, e.value, "what a read of this workload returns, as the other reads do")
	case want == intForm:
		op.Rows = b.row(0, e.nodes[e.value].n)
	case want == mapForm:
		for k := e.first(e.value); k != 0; k = e.next(e.next(k)) {
			balance := history.Value{}
			if v := e.next(k); e.form(v) == intForm {
				balance = history.IntValue(e.nodes[v].n)
			}
			b.rowOf(b.facts.names.key(e, k), balance)
		}
		op.Rows = b.rows[start:]
	default:
		for c := e.first(e.value); c != 0; c = e.next(c) {
			b.rows = append(b.rows, history.Row{Key: b.facts.names.key(e, c)})
		}
		op.Rows = b.rows[start:]
	}
	b.ops = append(b.ops, op)
	return true
}
