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
	for low < high {
		mid := low + (high-low)/2
		if ix.writes[mid].op < op {
			low = mid + 1
		} else {
			high = mid
		}
	}
	for ; low < ix.writeFrom[t+1] && ix.writes[low].op == op; low++ {
		if ix.writes[low].object == object {
			return low
		}
	}
	return -1
}
