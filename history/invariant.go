package history

import "fmt"

// Invariant is what a workload promises about its own data if transactions are
// isolated. It is data, so that a saved history can be checked again.
type Invariant struct {
	Kind InvariantKind `json:"kind"`
	// Name is what people read, such as "bank total".
	Name   string `json:"name,omitempty"`
	Table  int    `json:"table,omitempty"`
	Column int    `json:"column,omitempty"`
	// Value is the constant: the bank's total, the least value, the increment.
	Value int64 `json:"value,omitempty"`
	// Group is the column by which GroupAtLeast puts rows together.
	Group int `json:"group,omitempty"`
	// Terms are what LinearSum adds up.
	Terms []Term `json:"terms,omitempty"`
}

// InvariantKind is which rule an Invariant is.
type InvariantKind string

// The kinds of invariants. Where they speak of reads, they mean those of
// transactions that took effect, before the transaction's own writes of the
// table; a locking read shows rows of different times, and is left out. The
// read of every table that ends a run is one of these reads.
const (
	// ConstantSum: Column summed over all rows of Table is Value, in every
	// read of the whole table and at the end.
	ConstantSum InvariantKind = "constant-sum"
	// CountsWrites: at the end Column, summed over Table, is Value times the
	// committed writes of the table, not counting those that set it up; with
	// indeterminate transactions it lies between the bounds.
	CountsWrites InvariantKind = "counts-writes"
	// AtLeast: Column is never under Value in any row.
	AtLeast InvariantKind = "at-least"
	// AtMost: Column is never over Value in any row.
	AtMost InvariantKind = "at-most"
	// StableRows: two reads by the same predicate in one transaction return the
	// same rows, except those that the transaction itself wrote.
	StableRows InvariantKind = "stable-rows"
	// KeepsInserts: the last read of the whole Table returns every row whose insert was
	// acknowledged before and which nobody deleted, and no read returns one that nobody inserted.
	KeepsInserts InvariantKind = "keeps-inserts"
	// GroupAtLeast: Column, summed over those rows of Table that have the same
	// value of Group, is at least Value, in every read of the whole table or of
	// one group. A read that leaves out rows whose Column is 0 or less is one of a group too.
	GroupAtLeast InvariantKind = "group-at-least"
	// UniqueValues: no read of Table returns two rows with the same value of Column.
	UniqueValues InvariantKind = "unique-values"
	// RefusalSeen: a transaction whose InsertIgnore, or whose Upsert, of a row of Table
	// wrote nothing finds that row, with a Column other than 0, when it next reads it.
	RefusalSeen InvariantKind = "refusal-seen"
	// LinearSum: the sum of the Terms is Value, in every transaction that reads
	// all their tables whole, and at the end.
	LinearSum InvariantKind = "linear-sum"
)

// Term is one table's part of a LinearSum: Times the sum of Column over all its rows.
type Term struct {
	Table  int   `json:"table,omitempty"`
	Column int   `json:"column,omitempty"` // RowCount counts 1 for each row
	Times  int64 `json:"times"`
}

// RowCount is the column of a Term that counts rows instead of summing a column.
const RowCount = -1

// validate reports tables and columns that do not exist.
func (inv *Invariant) validate(tables []Table) error {
	if inv.Table < 0 || inv.Table >= len(tables) {
		return fmt.Errorf("it names table %d; there are %d tables", inv.Table, len(tables))
	}
	table := &tables[inv.Table]
	switch inv.Kind {
	case StableRows, KeepsInserts:
		return nil
	case LinearSum:
		return inv.validateTerms(tables)
	case GroupAtLeast:
		if err := table.validColumn(inv.Group); err != nil {
			return err
		}
	}
	return table.validColumn(inv.Column)
}

func (inv *Invariant) validateTerms(tables []Table) error {
	if len(inv.Terms) == 0 {
		return fmt.Errorf("it is a sum without terms")
	}
	for _, term := range inv.Terms {
		if term.Table < 0 || term.Table >= len(tables) {
			return fmt.Errorf("it names table %d; there are %d tables", term.Table, len(tables))
		}
		if term.Column == RowCount {
			continue
		}
		if err := tables[term.Table].validColumn(term.Column); err != nil {
			return err
		}
	}
	return nil
}
