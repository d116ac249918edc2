package registers

import (
	"errors"
	"fmt"
	"math"

	"github.com/isocheck/isocheck/history"
)

// ErrContent is the error of a history that holds what a format cannot say.
var ErrContent = errors.New("the format cannot say this")

// Reader reads a history as registers. Histories of traced rows give the versions as
// values: every version is written once. Rows of several tables get keys of their own.
type Reader struct {
	stream history.Stream
	header *history.Header
	txn    history.Transaction
	tables int64
	// Predicates counts the reads by predicate, of which only the rows that they returned are left.
	Predicates int
}

// NewReader reads a stream, which it does not close. It fails for histories that are no registers.
func NewReader(s history.Stream) (*Reader, error) {
	h := s.Header()
	switch h.Traces {
	case history.TracedRows, history.Registers:
		return &Reader{stream: s, header: h, tables: int64(max(1, len(h.Tables)))}, nil
	case history.ListAppend:
		return nil, fmt.Errorf("%w: this is a history of lists, and the format has registers", ErrContent)
	default:
		return nil, fmt.Errorf("%w: this history does not show which write a read saw", ErrContent)
	}
}

// Next reads the next transaction into t, and returns io.EOF when there is no more.
func (r *Reader) Next(t *Txn) error {
	if err := r.stream.Next(&r.txn); err != nil {
		return err
	}
	x := &r.txn
	*t = Txn{Session: int64(x.Client), ID: int64(x.ID()), Outcome: x.Outcome, Ops: t.Ops[:0], Start: x.Start, End: x.End}
	for i := range x.Ops {
		if err := r.operation(t, i, &x.Ops[i]); err != nil {
			return fmt.Errorf("%w: transaction %s, operation %d: %w", ErrContent, x.ID(), i, err)
		}
	}
	return nil
}

func (r *Reader) operation(t *Txn, i int, op *history.Op) error {
	switch {
	case op.Error != nil && (t.Outcome == history.Committed || !op.Kind.Writes() || op.Kind.ByPredicate()):
		// It did nothing, or nobody knows to which rows.
		return nil
	case op.Kind == history.Savepoint || op.Kind == history.Release || op.Kind == history.Advisory:
		return nil // of no row
	case op.Kind == history.RollbackTo:
		return errors.New("it rolls back to a savepoint, and registers have none")
	case op.Kind == history.Delete || op.Kind == history.DeleteWhere:
		return errors.New("it deletes a row, and registers have no deletes")
	case op.Gap && r.header.Traces == history.TracedRows:
		return errors.New("the database did not tell which rows it wrote")
	case op.Kind.Writes():
		return r.write(t, i, op)
	case op.Kind == history.Read && len(op.Rows) == 0:
		if op.Lock == history.SkipLocked {
			return nil
		}
		return r.add(t, Op{Key: op.Key}, op.Table)
	}
	if op.Kind.ByPredicate() {
		r.Predicates++
	}
	for j := range op.Rows {
		row := &op.Rows[j]
		o := Op{Key: row.Key, Value: int64(row.Version)}
		if r.header.Traces == history.Registers {
			var err error
			if o.Value, err = value(row.Values); err != nil {
				return err
			}
		}
		if err := r.add(t, o, op.Table); err != nil {
			return err
		}
	}
	return nil
}

// write adds what an operation wrote.
func (r *Reader) write(t *Txn, i int, op *history.Op) error {
	if r.header.Traces == history.Registers {
		if op.Kind.ByPredicate() || len(op.Set) == 0 || op.Set[0].Op != history.Set || op.Set[0].Value.Kind != history.Int {
			return errors.New("it does not set one register to an integer")
		}
		if op.Set[0].Value.Int == 0 {
			return errors.New("it writes 0, which stands for the initial value")
		}
		return r.add(t, Op{Write: true, Failed: op.Error != nil, Key: op.Key, Value: op.Set[0].Value.Int}, op.Table)
	}
	version := int64(r.txn.ID().Version(i))
	if op.Error != nil {
		// Whether it wrote before it failed is not known; somebody may have seen it.
		return r.add(t, Op{Write: true, Failed: true, Key: op.Key, Value: version}, op.Table)
	}
	if len(op.Rows) == 0 && !op.Kind.ByPredicate() {
		switch {
		case op.Kind == history.InsertIgnore || len(op.Where) > 0:
			return nil // it wrote nothing, and does not say which version it met
		case op.Kind == history.Update:
			return r.add(t, Op{Key: op.Key}, op.Table) // it found no row
		}
		return r.add(t, Op{Write: true, Key: op.Key, Value: version}, op.Table)
	}
	if op.Kind.ByPredicate() {
		r.Predicates++
	}
	for j := range op.Rows {
		if err := r.add(t, Op{Write: true, Key: op.Rows[j].Key, Value: version}, op.Table); err != nil {
			return err
		}
	}
	return nil
}

func value(values []history.Value) (int64, error) {
	switch {
	case len(values) == 0 || values[0].Kind == history.Null:
		return 0, nil
	case values[0].Kind == history.Int:
		return values[0].Int, nil
	}
	return 0, fmt.Errorf("a register holds integers, not %s", values[0])
}

func (r *Reader) add(t *Txn, op Op, table int) error {
	key, err := Key(op.Key, table, r.tables)
	op.Key = key
	t.Ops = append(t.Ops, op)
	return err
}

// Key makes one number of a row's table and key.
func Key(key int64, table int, tables int64) (int64, error) {
	if key > math.MaxInt64/tables-1 || key < math.MinInt64/tables+1 {
		return 0, fmt.Errorf("key %d is too big where there are %d tables", key, tables)
	}
	return key*tables + int64(table), nil
}
