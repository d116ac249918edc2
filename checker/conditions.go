package checker

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// predicate is a condition on the rows of one table.
type predicate struct {
	table int32
	// object is the only row that it can choose, -1 where it can choose any: UPDATE … WHERE id = … AND ….
	object int32
	where  history.Predicate
}

func (ix *index) addScan(txn, i int32, op *history.Op) {
	ix.addEvaluation(txn, i, op, ix.predicateOf(op, -1))
}

func (ix *index) addEvaluation(txn, i int32, op *history.Op, n int32) {
	ix.scans = append(ix.scans, scan{
		txn: txn, op: i, predicate: n, locked: op.Lock != history.NoLock || op.Kind.Writes(),
		partial: op.Limit > 0 || op.Lock == history.SkipLocked || op.Gap, writes: op.Kind.Writes(),
	})
}

func predicateKey(op *history.Op, object int32) string {
	return fmt.Sprint(op.Table, object, op.Where)
}

func (ix *index) knownPredicate(op *history.Op, object int32) bool {
	_, ok := ix.predicate[predicateKey(op, object)]
	return ok
}

// predicateOf returns the number of an operation's predicate.
func (ix *index) predicateOf(op *history.Op, object int32) int32 {
	key := predicateKey(op, object)
	n, ok := ix.predicate[key]
	if !ok {
		n = int32(len(ix.predicates))
		ix.predicate[key] = n
		where := append(history.Predicate(nil), op.Where...)
		ix.predicates = append(ix.predicates, predicate{table: int32(op.Table), object: object, where: where})
	}
	return n
}

// An UPDATE, DELETE or upsert of one row by its key, on a condition, that wrote nothing evaluated
// a predicate which only that row can match, and did not get it.

// mostConditions is how many predicates of single rows are told apart: enough for conditions such
// as stock >= 3, and a bound where each condition names another version. Of those beyond it nothing is
// concluded.
const mostConditions = 256

// addCondition takes in that the row did not match the operation's condition.
func (ix *index) addCondition(txn, i int32, op *history.Op) {
	object := ix.objects.intern(int32(op.Table), op.Key)
	before := len(ix.predicates)
	if ix.conditions >= mostConditions && !ix.knownPredicate(op, object) {
		return
	}
	ix.addEvaluation(txn, i, op, ix.predicateOf(op, object))
	ix.conditions += len(ix.predicates) - before
}

// covers reports whether the predicate can choose the object.
func (p *predicate) covers(ix *index, object int32) bool {
	return p.object == object || p.object < 0 && p.table == ix.objects.table[object]
}
