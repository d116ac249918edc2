package jepsen

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// workload is what the operations of a history are.
type workload uint8

const (
	undecided workload = iota
	listAppend
	rwRegister
	bank
	counter
	set
)

// String returns the name that Jepsen gives the workload.
func (w workload) String() string {
	switch w {
	case listAppend:
		return "list-append"
	case rwRegister:
		return "rw-register"
	case bank:
		return "bank"
	case counter:
		return "counter"
	case set:
		return "set"
	default:
		return "undecided"
	}
}

// classify says of which workload an operation is; undecided where it could be of several.
func (e *event) classify(s *scan.Scanner) (workload, bool) {
	if e.isTxn() {
		return e.classifyTxn(s)
	}
	switch {
	case e.f == 0 || e.isWord(e.f, "txn"):
		return undecided, true
	case e.isWord(e.f, "transfer"):
		return bank, true
	case e.isWord(e.f, "add"):
		if e.typ == invoke && e.value != 0 && e.form(e.value) != intForm && e.form(e.value) != nilForm {
			return set, true // a counter adds numbers
		}
		return undecided, true
	case e.isWord(e.f, "read"):
		return e.classifyRead(), true
	}
	return undecided, s.FailAt(e.place(e.f), fmt.Sprintf("expected an operation txn, read, transfer or add, found %s, of which nothing is known here", e.describe(e.f)))
}

func (e *event) classifyRead() workload {
	if e.value == 0 {
		return undecided
	}
	switch e.form(e.value) {
	case mapForm:
		return bank
	case listForm:
		return set
	case intForm:
		return counter
	default:
		return undecided
	}
}

// isTxn reports whether the value is a list of micro-operations. Some histories
// leave :f :txn out, or say :read and :write there.
func (e *event) isTxn() bool {
	if e.value == 0 || e.form(e.value) != listForm {
		return false
	}
	first := e.first(e.value)
	if first == 0 {
		return e.f == 0 || e.isWord(e.f, "txn")
	}
	if e.form(first) != listForm {
		return false
	}
	word := e.first(first)
	return word != 0 && (e.form(word) == keywordForm || e.form(word) == stringForm)
}

func (e *event) classifyTxn(s *scan.Scanner) (workload, bool) {
	for m := e.first(e.value); m != 0; m = e.next(m) {
		mop, found := e.mop(s, m)
		switch {
		case !found:
			return undecided, false
		case mop.op == appendOp:
			return listAppend, true
		case mop.op == writeOp, e.form(mop.value) == intForm:
			return rwRegister, true
		case e.form(mop.value) == listForm, e.form(mop.value) == intsForm:
			return listAppend, true
		}
	}
	return undecided, true
}

// microOp is what a micro-operation does.
type microOp uint8

const (
	readOp microOp = iota
	appendOp
	writeOp
)

// mop is a micro-operation: a triple such as [:append 5 1].
type mop struct {
	op         microOp
	key, value int32
}

func (e *event) mop(s *scan.Scanner, n int32) (mop, bool) {
	var part [3]int32
	if e.form(n) != listForm || e.children(n, part[:]) != 3 {
		return mop{}, s.FailAt(e.place(n), "expected a micro-operation such as [:append 5 1], [:w 5 1] or [:r 5 nil], found "+e.describe(n))
	}
	m := mop{key: part[1], value: part[2]}
	switch {
	case e.isWord(part[0], "r"):
	case e.isWord(part[0], "append"):
		m.op = appendOp
	case e.isWord(part[0], "w"):
		m.op = writeOp
	default:
		return m, s.FailAt(e.place(part[0]), "expected r, append or w, found "+e.describe(part[0]))
	}
	return m, true
}

// header says what a history of this workload is, and of a bank whether its accounts may be overdrawn.
func (w workload) header(f *facts, debts bool) *history.Header {
	h := &history.Header{
		Format: history.FormatVersion, Workload: w.String(), Clients: f.concurrency,
		Params: map[string]string{},
	}
	column := []history.Column{{Name: "value", Type: history.Int}}
	switch w {
	case listAppend:
		h.Traces = history.ListAppend
		h.Tables = []history.Table{{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}}}
	case bank:
		h.Traces = history.Untraced
		h.Tables = []history.Table{{Name: "accounts", Columns: []history.Column{{Name: "balance", Type: history.Int}}}}
		if f.sums.any() {
			h.Invariants = []history.Invariant{{Kind: history.ConstantSum, Name: "bank total", Value: f.sums.most()}}
		}
		if !debts { // as Jepsen's checker has it
			h.Invariants = append(h.Invariants, history.Invariant{Kind: history.AtLeast, Name: "no account overdrawn (without :negative-balances?)"})
		}
	case counter:
		h.Traces = history.Untraced
		h.Tables = []history.Table{{Name: "counter", Columns: column}}
		h.Invariants = []history.Invariant{{Kind: history.CountsWrites, Name: "counter", Value: 1}}
	case set:
		h.Traces = history.Untraced
		h.Tables = []history.Table{{Name: "elements"}}
		h.Invariants = []history.Invariant{{Kind: history.KeepsInserts, Name: "elements"}}
	default:
		h.Traces, h.Workload = history.Registers, rwRegister.String()
		h.Tables = []history.Table{{Name: "registers", Columns: column}}
	}
	return h
}
