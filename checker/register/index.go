package register

import (
	"errors"
	"fmt"
	"math"

	"github.com/isocheck/isocheck/history"
)

// Index gathers a history's transactions in dense arrays. The zero value is
// ready to use.
type Index struct {
	objects objectTable
	values  valueTable

	// By transaction, in the order in which they were added.
	id         []history.TxnID
	outcome    []history.Outcome
	start, end []int64
	readFrom   []int32 // transaction t's reads are those from readFrom[t] up to readFrom[t+1], or the end
	writeFrom  []int32

	// By read; reads of what the transaction itself had written are left out.
	readObject []int32
	readSource []int32 // the write that was read, or one of the constants below
	readOp     []uint16

	// By write.
	writeObject []int32
	writeValue  []int64
	writeTxn    []int32
	writeOp     []uint16
	writeFlags  []uint8
	writeStart  []int64 // empty while no write had a time
	writeEnd    []int64

	pending  []pendingRead // reads of values that nobody has written so far
	suspects []suspect

	// By object: the transaction, plus one, that wrote it last, and that write;
	// and the same of reads.
	ownTxn, ownWrite []int32
	sawTxn, sawRead  []int32
}

// What a read saw where it is no write.
const (
	initial   int32 = -1
	unknown   int32 = -2 // not yet known, or not to be used
	maxArrays       = math.MaxInt32 - 1
)

// Properties of writes.
const (
	replaced  uint8 = 1 << iota // by a later write of the same transaction
	ambiguous                   // the same value was written to the object before or after
	failed                      // the statement failed
)

type pendingRead struct {
	read  int32
	value int64
	end   int64 // when the answer was there, 0 if not known
}

// suspect is a read that is wrong if its transaction took effect.
type suspect struct {
	kind    ReadAnomalyKind
	txn     int32
	op      uint16
	object  int32
	value   int64
	write   int32 // what was read, -1 if not known
	earlier int32 // operation, -1 if none
}

// Add takes in one transaction of the history, which it does not keep. It fails
// for operations that registers do not have.
func (ix *Index) Add(t *history.Transaction) error {
	if len(t.Ops) > math.MaxUint16 {
		return fmt.Errorf("transaction %s has %d operations, the most is %d", t.ID(), len(t.Ops), math.MaxUint16)
	}
	if len(ix.readObject)+len(t.Ops) > maxArrays || len(ix.writeObject)+len(t.Ops) > maxArrays {
		return errors.New("the history has more than 2^31 reads or writes")
	}
	txn := int32(len(ix.id))
	ix.id = append(ix.id, t.ID())
	ix.outcome = append(ix.outcome, t.Outcome)
	ix.start, ix.end = append(ix.start, t.Start), append(ix.end, t.End)
	ix.readFrom = append(ix.readFrom, int32(len(ix.readObject)))
	ix.writeFrom = append(ix.writeFrom, int32(len(ix.writeObject)))
	for i := range t.Ops {
		if err := ix.operation(txn, uint16(i), &t.Ops[i], t.Outcome); err != nil {
			return fmt.Errorf("transaction %s, operation %d: %w", t.ID(), i, err)
		}
	}
	return nil
}

func (ix *Index) operation(txn int32, n uint16, op *history.Op, outcome history.Outcome) error {
	answered := op.Error == nil
	switch op.Kind {
	case history.Read:
		if !answered || op.Lock == history.SkipLocked && len(op.Rows) == 0 {
			return nil
		}
		value, written, err := readValue(op)
		if err != nil {
			return err
		}
		ix.read(txn, n, ix.object(op), value, written, op.End)
	case history.Update, history.Insert:
		if !answered && outcome == history.Committed {
			return nil
		}
		if len(op.Set) == 0 || op.Set[0].Op != history.Set || op.Set[0].Value.Kind != history.Int {
			return errors.New("a write to a register sets its first column to an integer")
		}
		ix.write(txn, n, ix.object(op), op)
	default:
		return fmt.Errorf("%s is no operation of registers: they have read, update and insert", op.Kind)
	}
	return nil
}

// readValue returns what a read returned; not written means the initial value.
func readValue(op *history.Op) (value int64, written bool, err error) {
	if len(op.Rows) == 0 || len(op.Rows[0].Values) == 0 {
		return 0, false, nil
	}
	switch v := op.Rows[0].Values[0]; v.Kind {
	case history.Null:
		return 0, false, nil
	case history.Int:
		return v.Int, true, nil
	default:
		return 0, false, fmt.Errorf("a register holds integers, not %s", v)
	}
}

func (ix *Index) object(op *history.Op) int32 {
	object := ix.objects.intern(int32(op.Table), op.Key)
	if int(object) == len(ix.ownTxn) {
		ix.ownTxn, ix.ownWrite = append(ix.ownTxn, 0), append(ix.ownWrite, 0)
		ix.sawTxn, ix.sawRead = append(ix.sawTxn, 0), append(ix.sawRead, 0)
	}
	return object
}

func (ix *Index) write(txn int32, n uint16, object int32, op *history.Op) {
	w, value := int32(len(ix.writeObject)), op.Set[0].Value.Int
	flags := uint8(0)
	if op.Error != nil {
		flags |= failed
	}
	ix.writeObject = append(ix.writeObject, object)
	ix.writeValue = append(ix.writeValue, value)
	ix.writeTxn = append(ix.writeTxn, txn)
	ix.writeOp = append(ix.writeOp, n)
	if twin := ix.values.add(ix, object, value, w); twin >= 0 {
		ix.writeFlags[twin] |= ambiguous
		flags |= ambiguous
	}
	if ix.ownTxn[object] == txn+1 {
		ix.writeFlags[ix.ownWrite[object]] |= replaced
	}
	ix.ownTxn[object], ix.ownWrite[object] = txn+1, w
	ix.writeFlags = append(ix.writeFlags, flags)
	if op.End != 0 && len(ix.writeEnd) == 0 {
		ix.writeStart, ix.writeEnd = make([]int64, w), make([]int64, w)
	}
	if len(ix.writeEnd) > 0 || op.End != 0 {
		ix.writeStart, ix.writeEnd = append(ix.writeStart, op.Start), append(ix.writeEnd, op.End)
	}
}

func (ix *Index) read(txn int32, n uint16, object int32, value int64, written bool, end int64) {
	source := initial
	if written {
		source = ix.values.find(ix, object, value)
	}
	if ix.ownTxn[object] == txn+1 {
		if own := ix.ownWrite[object]; !written || ix.writeValue[own] != value {
			ix.suspects = append(ix.suspects, suspect{InternalRead, txn, n, object, value, source, int32(ix.writeOp[own])})
		}
		return
	}
	r := int32(len(ix.readObject))
	if written && source < 0 {
		ix.pending = append(ix.pending, pendingRead{r, value, end})
		source = unknown
	}
	if source >= 0 {
		ix.checkTime(txn, n, source, end)
	}
	ix.readObject = append(ix.readObject, object)
	ix.readSource = append(ix.readSource, source)
	ix.readOp = append(ix.readOp, n)
}

// checkTime suspects a read that had its answer before its write was sent.
func (ix *Index) checkTime(txn int32, n uint16, write int32, end int64) {
	if end != 0 && len(ix.writeStart) > 0 && ix.writeEnd[write] != 0 && end < ix.writeStart[write] {
		ix.suspects = append(ix.suspects, suspect{FutureRead, txn, n, ix.writeObject[write], ix.writeValue[write], write, -1})
	}
}
