package checker

import "github.com/isocheck/isocheck/history"

// txnOf returns the transaction with the id, -1 if it is not in the history.
func (ix *index) txnOf(id history.TxnID) int32 {
	client, number := id.Client(), id.Number()
	if client >= 0 && client < len(ix.byNumber) && number < len(ix.byNumber[client]) && ix.byNumber[client][number] != 0 {
		return ix.byNumber[client][number] - 1
	}
	if t, ok := ix.sparse[id]; ok {
		return t
	}
	return -1
}

// fewWrites is how many writes are gone through faster than halved.
const fewWrites = 8

// find returns the write that made a version of an object, -1 if there is none.
func (ix *index) find(object int32, v history.Version) int32 {
	if v <= 0 {
		return -1
	}
	t := ix.txnOf(v.Txn())
	if t < 0 {
		return -1
	}
	op := int32(v.Op())
	low, high := ix.writeFrom[t], ix.writeFrom[t+1]
	for low+fewWrites < high {
		mid := low + (high-low)/2
		if ix.writes[mid].op < op {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for end := ix.writeFrom[t+1]; low < end && ix.writes[low].op <= op; low++ {
		if ix.writes[low].op == op && ix.writes[low].object == object {
			return low
		}
	}
	return -1
}

// version returns the version that a write wrote.
func (ix *index) version(w int32) history.Version {
	return ix.ids[ix.writes[w].txn].Version(int(ix.writes[w].op))
}

// ownWrite returns t's latest write of an object before operation op that had not been rolled back
// to a savepoint by then, -1 if none.
func (ix *index) ownWrite(t, object, op int32) int32 {
	for w := ix.writeFrom[t+1] - 1; w >= ix.writeFrom[t]; w-- {
		if write := &ix.writes[w]; write.object == object && write.op < op && (write.undone == 0 || write.undone >= op) {
			return w
		}
	}
	return -1
}

// ownBefore is ownWrite for the time before write w, of its object.
func (ix *index) ownBefore(w int32) int32 {
	later := &ix.writes[w]
	for i := w - 1; i >= 0 && ix.writes[i].txn == later.txn; i-- {
		if own := &ix.writes[i]; own.object == later.object && own.op < later.op && (own.undone == 0 || own.undone >= later.op) {
			return i
		}
	}
	return -1
}

// wroteIn reports whether operation op of t wrote the object.
func (ix *index) wroteIn(t, object, op int32) bool {
	w := ix.ownWrite(t, object, op+1)
	return w >= 0 && ix.writes[w].op == op
}
