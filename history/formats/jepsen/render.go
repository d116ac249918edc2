package jepsen

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// next reads the next transaction.
func (r *renderer) next() (*record, error) {
	if r.lists != nil {
		return r.nextLists()
	}
	t := &r.flat
	if err := r.reader.Next(t); err != nil {
		return nil, err
	}
	rec := &record{client: int(t.Session), start: t.Start, end: t.End, outcome: t.Outcome}
	for _, done := range []bool{false, true} {
		b := []byte{'['}
		for i, op := range t.Ops {
			b = r.begin(b, i, word(op), op.Key)
			switch {
			case op.Write:
				b = strconv.AppendInt(b, op.Value, 10)
			case op.Value == 0 || !done || t.Outcome == history.Aborted:
				b = append(b, r.null()...)
			default:
				b = strconv.AppendInt(b, op.Value, 10)
			}
			b = append(b, ']')
		}
		rec.set(done, append(b, ']'))
	}
	return rec, nil
}

func word(op registers.Op) string {
	if op.Write {
		return "w"
	}
	return "r"
}

func (rec *record) set(done bool, value []byte) {
	if done {
		rec.done = value
	} else {
		rec.invoked = value
	}
}

// begin begins a micro-operation.
func (r *renderer) begin(b []byte, i int, word string, key int64) []byte {
	switch {
	case r.in == json:
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `["`...), word...), `",`...)
		return append(strconv.AppendInt(b, key, 10), ',')
	case i > 0:
		b = append(b, ' ')
	}
	b = append(append(append(b, "[:"...), word...), ' ')
	return append(strconv.AppendInt(b, key, 10), ' ')
}

func (r *renderer) null() string {
	if r.in == json {
		return "null"
	}
	return "nil"
}

// listReader takes histories of lists apart.
type listReader struct {
	tables     int64
	predicates int
	ops        []listOp
}

// listOp is a micro-operation on a list.
type listOp struct {
	append bool
	key    int64
	value  int64
	list   string
}

func (r *renderer) nextLists() (*record, error) {
	t := &r.txn
	if err := r.stream.Next(t); err != nil {
		return nil, err
	}
	if err := r.lists.take(t); err != nil {
		return nil, fmt.Errorf("%w: transaction %s: %w", registers.ErrContent, t.ID(), err)
	}
	rec := &record{client: t.Client, start: t.Start, end: t.End, outcome: t.Outcome}
	for _, done := range []bool{false, true} {
		b := []byte{'['}
		for i, op := range r.lists.ops {
			switch {
			case op.append:
				b = strconv.AppendInt(r.begin(b, i, "append", op.key), op.value, 10)
			case op.list == "" || !done || t.Outcome == history.Aborted:
				b = append(r.begin(b, i, "r", op.key), r.null()...)
			default:
				b = r.elements(r.begin(b, i, "r", op.key), op.list)
			}
			b = append(b, ']')
		}
		rec.set(done, append(b, ']'))
	}
	return rec, nil
}

// elements writes a list, whose elements are separated by commas.
func (r *renderer) elements(b []byte, list string) []byte {
	b = append(b, '[')
	if r.in == json {
		b = append(b, list...)
	} else {
		b = append(b, strings.ReplaceAll(list, ",", " ")...)
	}
	return append(b, ']')
}

// take takes in the operations of a transaction.
func (l *listReader) take(t *history.Transaction) error {
	l.ops = l.ops[:0]
	for i := range t.Ops {
		op := &t.Ops[i]
		var err error
		switch {
		case op.Error != nil && (t.Outcome == history.Committed || op.Kind != history.Append):
			// It did nothing.
		case op.Kind == history.Savepoint || op.Kind == history.Release || op.Kind == history.Advisory:
			// It is of no list.
		case op.Kind == history.Append:
			err = l.appends(op)
		case op.Kind == history.Read || op.Kind == history.ReadWhere:
			err = l.reads(op)
		default:
			err = fmt.Errorf("it is %s, and lists have reads and appends only", op.Kind)
		}
		if err != nil {
			return fmt.Errorf("operation %d: %w", i, err)
		}
	}
	return nil
}

func (l *listReader) appends(op *history.Op) error {
	if len(op.Set) != 1 || op.Set[0].Value.Kind != history.Int {
		return errors.New("it does not append one integer")
	}
	return l.add(listOp{append: true, key: op.Key, value: op.Set[0].Value.Int}, op.Table)
}

func (l *listReader) reads(op *history.Op) error {
	if op.Kind == history.ReadWhere {
		l.predicates++
	} else if len(op.Rows) == 0 {
		if op.Lock == history.SkipLocked {
			return nil
		}
		return l.add(listOp{key: op.Key}, op.Table)
	}
	for i := range op.Rows {
		row := &op.Rows[i]
		o := listOp{key: row.Key}
		if len(row.Values) > 0 && row.Values[0].Kind != history.Null {
			o.list = row.Values[0].Text
			if row.Values[0].Kind != history.Text || !integers(o.list) {
				return fmt.Errorf("it read %s, which is no list of integers", row.Values[0])
			}
		}
		if err := l.add(o, op.Table); err != nil {
			return err
		}
	}
	return nil
}

// integers reports whether a text is a list of integers, or empty.
func integers(list string) bool {
	for element := range strings.SplitSeq(list, ",") {
		digits := strings.TrimPrefix(element, "-")
		if list != "" && (digits == "" || len(digits) > 19 || strings.Trim(digits, "0123456789") != "") {
			return false
		}
	}
	return true
}

func (l *listReader) add(op listOp, table int) error {
	key, err := registers.Key(op.key, table, l.tables)
	op.key = key
	l.ops = append(l.ops, op)
	return err
}
