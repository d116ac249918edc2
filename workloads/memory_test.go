package workloads

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// memory is a Conn that keeps its rows in maps and runs one transaction after
// another: what the transactions would do if nobody else was there. It is here
// to test generators, which do not care what a database is.
type memory struct {
	tables   []map[int64][]history.Value
	before   []map[int64][]history.Value
	inserted []map[int64]bool // keys that have ever been inserted, whatever became of it
	t        testing.TB
}

// remember makes an empty memory for the instance and puts the instance's rows in.
func remember(t testing.TB, instance Instance) *memory {
	m := &memory{t: t}
	for range instance.Tables {
		m.tables = append(m.tables, map[int64][]history.Value{})
		m.inserted = append(m.inserted, map[int64]bool{})
	}
	for _, row := range instance.Rows {
		m.insert(row.Table, row.Key, row.Values)
	}
	return m
}

func (m *memory) Settings(context.Context) (map[string]string, error) { return nil, nil }
func (m *memory) Commit(context.Context) error                        { return nil }
func (m *memory) Close(context.Context) error                         { return nil }

func (m *memory) Begin(context.Context) error {
	m.before = nil
	for _, table := range m.tables {
		m.before = append(m.before, maps.Clone(table))
	}
	return nil
}

func (m *memory) Rollback(context.Context) error {
	m.tables = m.before
	return nil
}

func (m *memory) insert(table int, key int64, values []history.Value) {
	m.t.Helper()
	if m.inserted[table][key] {
		m.t.Errorf("key %d of table %d is inserted twice in one run", key, table)
	}
	m.inserted[table][key] = true
	m.tables[table][key] = values
}

func (m *memory) Do(_ context.Context, op *history.Op, version history.Version) error {
	table := m.tables[op.Table]
	switch op.Kind {
	case history.Insert:
		values := make([]history.Value, len(op.Set))
		for _, a := range op.Set {
			values[a.Column] = a.Value
		}
		m.insert(op.Table, op.Key, values)
		op.Rows = []history.Row{{Key: op.Key, Version: version}}
		return nil
	case history.Append:
		if _, ok := table[op.Key]; !ok {
			table[op.Key] = make([]history.Value, 1)
		}
	}
	for _, key := range m.chosen(op) {
		switch op.Kind {
		case history.Read, history.ReadWhere:
			op.Rows = append(op.Rows, history.Row{Key: key, Values: table[key]})
			continue
		case history.Delete, history.DeleteWhere:
			delete(table, key)
		default:
			table[key] = assigned(table[key], op.Set)
		}
		op.Rows = append(op.Rows, history.Row{Key: key, Version: version})
	}
	return nil
}

// chosen are the keys of the rows that an operation reads or writes, in order.
func (m *memory) chosen(op *history.Op) []int64 {
	var keys []int64
	for key, values := range m.tables[op.Table] {
		if op.Kind.ByPredicate() && op.Where.Matches(values) || !op.Kind.ByPredicate() && key == op.Key {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, cmp.Compare[int64])
	return keys
}

// assigned returns the row after the assignments.
func assigned(row []history.Value, set []history.Assign) []history.Value {
	row = slices.Clone(row)
	for _, a := range set {
		v := &row[a.Column]
		switch a.Op {
		case history.Set:
			*v = a.Value
		case history.Add:
			v.Int += a.Value.Int
		case history.Concat:
			text := strconv.FormatInt(a.Value.Int, 10)
			if v.Kind != history.Null && v.Text != "" {
				text = v.Text + "," + text
			}
			*v = history.TextValue(text)
		}
	}
	return row
}

// clients returns sessions of that many clients, their generators, and everything they recorded.
func (m *memory) clients(instance Instance, seed uint64, clients int) ([]*databases.Session, []Generator, *[]history.Transaction) {
	recorded := &[]history.Transaction{}
	var now int64
	var sessions []*databases.Session
	var generators []Generator
	for c := 1; c <= clients; c++ {
		sessions = append(sessions, &databases.Session{
			Conn:   m,
			Client: c,
			Clock:  func() int64 { now++; return now },
			Record: func(t *history.Transaction) {
				kept := *t
				kept.Ops = slices.Clone(t.Ops)
				*recorded = append(*recorded, kept)
			},
		})
		generators = append(generators, instance.Client(c, rngOf(seed, c)))
	}
	return sessions, generators, recorded
}
