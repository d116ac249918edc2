package history

import "strings"

// Clone returns a copy of the transaction that shares no memory with it.
func (t *Transaction) Clone() Transaction {
	var conditions, assigns, rows, values int
	for i := range t.Ops {
		o := &t.Ops[i]
		conditions, assigns, rows = conditions+len(o.Where), assigns+len(o.Set)+len(o.Update), rows+len(o.Rows)
		for j := range o.Rows {
			values += len(o.Rows[j].Values)
		}
	}
	// One piece of memory for everything of a kind: histories have millions of transactions.
	whereSpace, setSpace := make([]Condition, 0, conditions), make([]Assign, 0, assigns)
	rowSpace, valueSpace := make([]Row, 0, rows), make([]Value, 0, values)
	c := *t
	c.Error = t.Error.clone()
	c.Ops = append([]Op(nil), t.Ops...)
	for i := range c.Ops {
		o := &c.Ops[i]
		o.Where = place(&whereSpace, o.Where)
		o.Set = place(&setSpace, o.Set)
		o.Update = place(&setSpace, o.Update)
		o.Rows = place(&rowSpace, o.Rows)
		o.Error = o.Error.clone()
		for j := range o.Rows {
			o.Rows[j].Values = place(&valueSpace, o.Rows[j].Values)
			for k := range o.Rows[j].Values {
				v := &o.Rows[j].Values[k]
				v.Text = strings.Clone(v.Text)
			}
		}
	}
	return c
}

func (e *Error) clone() *Error {
	if e == nil {
		return nil
	}
	c := *e
	return &c
}

// place copies the elements to the end of the space.
func place[S ~[]E, E any](space *[]E, elements S) S {
	if len(elements) == 0 {
		return nil
	}
	start := len(*space)
	*space = append(*space, elements...)
	return cut(*space, start)
}
