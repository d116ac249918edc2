package databases

import "github.com/isocheck/isocheck/history"

// Rows is the memory that a connection decodes answers into. It is used again by
// each transaction, so that a run makes almost no garbage. The zero Rows is ready.
type Rows struct {
	rows   []history.Row
	from   int
	values []history.Value
}

// valuesAtOnce is how many values Rows gets memory for at a time.
const valuesAtOnce = 1024

// Reset gives back the memory of all rows: those taken before are overwritten.
func (r *Rows) Reset() {
	r.rows, r.from, r.values = r.rows[:0], 0, r.values[:0]
}

// Add adds a row, of a write or of a read.
func (r *Rows) Add(row history.Row) { r.rows = append(r.rows, row) }

// Values returns memory for n values of a row, all of them NULL.
func (r *Rows) Values(n int) []history.Value {
	used := len(r.values)
	if used+n > cap(r.values) {
		r.values = make([]history.Value, 0, max(n, valuesAtOnce))
		used = 0
	}
	r.values = r.values[:used+n]
	v := r.values[used : used+n : used+n]
	clear(v)
	return v
}

// Take returns the rows that were added since Take was last called, nil if none.
func (r *Rows) Take() []history.Row {
	if r.from == len(r.rows) {
		return nil
	}
	taken := r.rows[r.from:len(r.rows):len(r.rows)]
	r.from = len(r.rows)
	return taken
}

// Drop forgets the rows that were added since Take was last called.
func (r *Rows) Drop() { r.rows = r.rows[:r.from] }
