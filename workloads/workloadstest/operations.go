package workloadstest

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// Do does one operation.
func (c *conn) Do(_ context.Context, op *history.Op, version history.Version) error {
	if err := databases.CheckOp(c.shapes, op); err != nil {
		return fail(history.OtherError, "%v", err)
	}
	if c.reads && (op.Kind.Writes() || op.Lock != history.NoLock) {
		return fail(history.OtherError, "the transaction is read-only")
	}
	switch op.Kind {
	case history.Savepoint:
		c.saved[op.Key] = len(c.undo)
	case history.RollbackTo:
		c.rollbackTo(c.saved[op.Key])
	case history.Release, history.Advisory:
	default:
		return c.onRows(op, version)
	}
	return nil
}

// onRows does an operation on rows.
func (c *conn) onRows(op *history.Op, version history.Version) error {
	old, there := c.tables[op.Table][op.Key]
	switch op.Kind {
	case history.Insert:
		if there {
			return fail(history.Constraint, "there is a row %d", op.Key)
		}
		return c.insert(op, version)
	case history.InsertIgnore:
		if there || c.taken(op.Table, op.Key, inserted(op)) {
			return nil
		}
		return c.insert(op, version)
	case history.Upsert:
		switch {
		case !there:
			return c.insert(op, version)
		case op.Where.Matches(old.values):
			return c.put(op, op.Key, assigned(old.values, op.Update), version)
		}
		return nil
	case history.Append:
		if !there {
			old.values = make([]history.Value, len(c.shapes[op.Table].Columns))
		}
		return c.put(op, op.Key, assigned(old.values, op.Set), version)
	}
	return c.onChosen(op, version)
}

// onChosen reads, updates or deletes the rows that an operation chooses.
func (c *conn) onChosen(op *history.Op, version history.Version) error {
	for _, key := range c.chosen(op) {
		row := c.tables[op.Table][key]
		switch op.Kind {
		case history.Read, history.ReadWhere:
			op.Rows = append(op.Rows, history.Row{Key: key, Version: row.version, Values: row.values})
		case history.Delete, history.DeleteWhere:
			c.change(op.Table, key, nil, 0)
			op.Rows = append(op.Rows, history.Row{Key: key, Version: version, Previous: row.version})
		default:
			if err := c.put(op, key, assigned(row.values, op.Set), version); err != nil {
				return err
			}
		}
	}
	return nil
}

// chosen returns the keys of the rows that an operation is about, in order.
func (c *conn) chosen(op *history.Op) []int64 {
	table := c.tables[op.Table]
	if !op.Kind.ByPredicate() {
		if row, there := table[op.Key]; there && op.Where.Matches(row.values) {
			return []int64{op.Key}
		}
		return nil
	}
	var keys []int64
	for key, row := range table {
		if op.Where.Matches(row.values) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, cmp.Compare[int64])
	if op.Limit > 0 && len(keys) > op.Limit {
		keys = keys[:op.Limit]
	}
	return keys
}

// inserted are the columns of the row that an operation makes.
func inserted(op *history.Op) []history.Value {
	values := make([]history.Value, len(op.Set))
	for _, a := range op.Set {
		values[a.Column] = a.Value
	}
	return values
}

func (c *conn) insert(op *history.Op, version history.Version) error {
	return c.put(op, op.Key, inserted(op), version)
}

// put gives a row its columns, unless a constraint refuses them, and answers so.
func (c *conn) put(op *history.Op, key int64, values []history.Value, version history.Version) error {
	for _, n := range c.shapes[op.Table].NotNegative {
		if values[n].Kind == history.Int && values[n].Int < 0 {
			return fail(history.Constraint, "column %d of row %d would be %d", n, key, values[n].Int)
		}
	}
	if c.taken(op.Table, key, values) {
		return fail(history.Constraint, "another row has a value of row %d that must be unique", key)
	}
	previous := c.tables[op.Table][key].version
	c.change(op.Table, key, values, version)
	op.Rows = append(op.Rows, history.Row{Key: key, Version: version, Previous: previous})
	return nil
}

// taken reports whether another row has a value that must be unique.
func (c *conn) taken(table int, key int64, values []history.Value) bool {
	for _, n := range c.shapes[table].Unique {
		for other, row := range c.tables[table] {
			if other != key && row.values[n] == values[n] {
				return true
			}
		}
	}
	return false
}

// change gives a row its columns, nil for none, and remembers how to take that back.
func (c *conn) change(table int, key int64, values []history.Value, version history.Version) {
	rows := c.tables[table]
	old, there := rows[key]
	c.undo = append(c.undo, func() {
		if there {
			rows[key] = old
		} else {
			delete(rows, key)
		}
	})
	if values == nil {
		delete(rows, key)
	} else {
		rows[key] = stored{values, version}
	}
}

// assigned returns the columns after the assignments.
func assigned(row []history.Value, set []history.Assign) []history.Value {
	row = slices.Clone(row)
	for _, a := range set {
		v := &row[a.Column]
		switch a.Op {
		case history.Set:
			*v = a.Value
		case history.Add:
			if v.Kind == history.Int {
				v.Int += a.Value.Int
			}
		case history.Concat:
			text := strconv.FormatInt(a.Value.Int, 10)
			if v.Kind == history.Text && v.Text != "" {
				text = v.Text + "," + text
			}
			*v = history.TextValue(text)
		}
	}
	return row
}
