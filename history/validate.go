package history

import "fmt"

// maxTime is the latest time that a history may have, in nanoseconds: 73 years.
const maxTime = 1 << 61

// Validate reports what makes the transaction no transaction of a history with
// this header: numbers that are out of range, enums that have no such value. It
// does not judge what the database answered.
func (t *Transaction) Validate(h *Header) error {
	if err := t.validate(); err != nil {
		return fmt.Errorf("transaction %s: %w", t.ID(), err)
	}
	for i := range t.Ops {
		if err := t.Ops[i].validate(h); err != nil {
			return fmt.Errorf("transaction %s, operation %d: %w", t.ID(), i, err)
		}
	}
	return nil
}

func (t *Transaction) validate() error {
	switch {
	case t.Client < 0 || t.Client > MaxClient:
		return fmt.Errorf("client %d is not from 0 to %d", t.Client, MaxClient)
	case t.Number < 1 || t.Number > MaxNumber:
		return fmt.Errorf("number %d is not from 1 to %d", t.Number, MaxNumber)
	case t.Outcome < Committed || t.Outcome > Indeterminate:
		return fmt.Errorf("it has no outcome (%s)", t.Outcome)
	case len(t.Ops) > MaxOps:
		return fmt.Errorf("it has %d operations, the most is %d", len(t.Ops), MaxOps)
	case t.Finish < 0 || t.Finish > maxTime:
		return fmt.Errorf("time %d is not from 0 to %d", t.Finish, maxTime)
	}
	return validTimes(t.Start, t.End)
}

func validTimes(start, end int64) error {
	switch {
	case start < 0 || end > maxTime:
		return fmt.Errorf("the times %d and %d are not from 0 to %d", start, end, maxTime)
	case end < start:
		return fmt.Errorf("it ends at %d, before it starts at %d", end, start)
	}
	return nil
}

func (e *Event) validate() error {
	if e.At < 0 || e.At > maxTime {
		return fmt.Errorf("event %s: time %d is not from 0 to %d", e.Kind, e.At, int64(maxTime))
	}
	return nil
}

func (o *Op) validate(h *Header) error {
	switch {
	case o.Kind < Read || o.Kind > Advisory:
		return fmt.Errorf("it has no kind (%s)", o.Kind)
	case o.Lock > SkipLocked:
		return fmt.Errorf("unknown lock %s", o.Lock)
	case o.Table < 0 || o.Table >= len(h.Tables):
		return fmt.Errorf("it names table %d; the header has %d tables", o.Table, len(h.Tables))
	case o.Limit < 0:
		return fmt.Errorf("its limit is %d", o.Limit)
	case o.Statement < -1:
		return fmt.Errorf("it names statement %d", o.Statement)
	}
	table := &h.Tables[o.Table]
	for i := range o.Where {
		if c := &o.Where[i]; c.Cmp > GreaterEqual {
			return fmt.Errorf("unknown comparison %s", c.Cmp)
		} else if err := table.validColumn(c.Column); err != nil {
			return err
		}
	}
	for _, assigns := range [][]Assign{o.Set, o.Update} {
		for i := range assigns {
			if a := &assigns[i]; a.Op > Concat {
				return fmt.Errorf("unknown assignment %s", a.Op)
			} else if err := table.validColumn(a.Column); err != nil {
				return err
			}
		}
	}
	for i := range o.Rows {
		if err := o.Rows[i].validate(table); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return validTimes(o.Start, o.End)
}

func (r *Row) validate(table *Table) error {
	const most = 1<<(opBits+numberBits+clientBits) - 1
	switch {
	case r.Version < 0 || r.Version > most:
		return fmt.Errorf("version %d is not from 0 to %d", int64(r.Version), int64(most))
	case r.Previous < 0 || r.Previous > most:
		return fmt.Errorf("previous version %d is not from 0 to %d", int64(r.Previous), int64(most))
	case len(r.Values) > 0 && len(r.Values) != len(table.Columns):
		return fmt.Errorf("it has %d values; table %s has %d columns", len(r.Values), table.Name, len(table.Columns))
	}
	return nil
}

func (t *Table) validColumn(n int) error {
	if n < 0 || n >= len(t.Columns) {
		return fmt.Errorf("it names column %d; table %s has %d columns", n, t.Name, len(t.Columns))
	}
	return nil
}

// Validate reports what makes the header one that this package cannot work with:
// another format, or numbers of columns and tables that do not exist.
func (h *Header) Validate() error {
	if h.Format != FormatVersion {
		return fmt.Errorf("its format is %d; this version of isocheck reads format %d", h.Format, FormatVersion)
	}
	for i := range h.Tables {
		t := &h.Tables[i]
		for _, columns := range [][]int{t.Indexes, t.Unique, t.NotNegative} {
			for _, c := range columns {
				if err := t.validColumn(c); err != nil {
					return fmt.Errorf("header, table %s: %w", t.Name, err)
				}
			}
		}
		for _, c := range t.Columns {
			if c.Type != Int && c.Type != Text {
				return fmt.Errorf("header, table %s: column %s has the type %s; it must be int or text", t.Name, c.Name, c.Type)
			}
		}
	}
	for i := range h.Invariants {
		if err := h.Invariants[i].validate(h.Tables); err != nil {
			return fmt.Errorf("header, invariant %s: %w", h.Invariants[i].Name, err)
		}
	}
	return nil
}
