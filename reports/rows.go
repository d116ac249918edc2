package reports

import (
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// maxRows is how many rows of one statement's answer a witness shows, besides those that are evidence.
const maxRows = 8

// answer is one line of what the database answered to a statement.
type answer struct {
	// Text is the row: "7: balance = 100".
	Text string
	// Version says which version that is and who wrote it.
	Version string
	// Evidence says that one of the witness's edges rests on this row.
	Evidence bool
}

// answers returns what the database answered to a statement that did not fail.
func answers(f *checker.Findings, w *checker.Witness, s step) []answer {
	op := &w.Transactions[s.Txn].Ops[s.Op]
	if op.Error != nil || !op.Kind.NamesRow() && !op.Kind.ByPredicate() {
		return nil
	}
	if len(op.Rows) == 0 && op.Kind.Writes() && f.Header.Traces != history.TracedRows {
		return nil // such histories need not say what a write answered
	}
	if len(op.Rows) == 0 && !op.Gap {
		return []answer{{Text: emptyText(op)}}
	}
	var lines []answer
	hidden := 0
	for i, r := range op.Rows {
		a := rowAnswer(f, w, op, r)
		a.Evidence = rowIsEvidence(w, s, op, r)
		if i >= maxRows && !a.Evidence {
			hidden++
			continue
		}
		lines = append(lines, a)
	}
	if hidden > 0 {
		lines = append(lines, answer{Text: "and " + counted(hidden, "more row")})
	}
	if op.Gap {
		lines = append(lines, answer{Text: "and rows that the server did not name"})
	}
	return lines
}

func emptyText(op *history.Op) string {
	if op.Kind == history.InsertIgnore {
		return "nothing inserted, as there was one"
	}
	if op.Kind.Writes() {
		return "no row was changed"
	}
	return "no row"
}

func rowAnswer(f *checker.Findings, w *checker.Witness, op *history.Op, r history.Row) answer {
	key := strconv.FormatInt(r.Key, 10)
	if op.Kind.Writes() {
		return answer{Text: wroteText(op.Kind) + " " + key, Version: replacedText(w, r)}
	}
	columns := make([]string, len(r.Values))
	for i, v := range r.Values {
		columns[i] = columnName(&f.Header, op.Table, i) + " = " + v.String()
	}
	text := key
	if len(columns) > 0 {
		text += ": " + strings.Join(columns, ", ")
	}
	return answer{Text: text, Version: "version " + versionText(w, r.Version)}
}

func wroteText(k history.Kind) string {
	switch k {
	case history.Insert, history.InsertIgnore:
		return "inserted"
	case history.Upsert:
		return "inserted or updated"
	case history.Delete, history.DeleteWhere:
		return "deleted"
	case history.Append:
		return "appended to"
	}
	return "updated"
}

func replacedText(w *checker.Witness, r history.Row) string {
	if r.Previous == 0 {
		return "version " + r.Version.String() + ", the row's first"
	}
	return "version " + r.Version.String() + " replaced " + versionText(w, r.Previous)
}

// versionText names a version and, where its transaction is one of the witness's, who wrote it.
func versionText(w *checker.Witness, v history.Version) string {
	if v == 0 {
		return "initial"
	}
	for n := range w.Transactions {
		if w.Transactions[n].ID() == v.Txn() {
			return v.String() + " of " + txnLabel(n)
		}
	}
	return v.String()
}

// rowIsEvidence reports whether an edge rests on this row of this statement.
func rowIsEvidence(w *checker.Witness, s step, op *history.Op, r history.Row) bool {
	for _, e := range w.Edges {
		mine := e.From == s.Txn && e.FromOp == s.Op || e.To == s.Txn && e.ToOp == s.Op
		if mine && e.Table == op.Table && e.Key == r.Key {
			return true
		}
	}
	return false
}
