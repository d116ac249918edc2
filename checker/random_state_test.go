package checker_test

import "github.com/isocheck/isocheck/history"

// row is what a read of a version returns.
func (r *randomHistory) row(v *randomVersion, k int) history.Row {
	row := history.Row{Key: int64(k + 1), Version: v.id, Values: []history.Value{v.value}}
	if r.chance(r.weird / 30) {
		row.Values = []history.Value{history.IntValue(77)} // garbage
	}
	return row
}

// newest returns the newest version of a row of which the transaction is not known to have aborted, or that is its own; nil if there is none.
func (r *randomHistory) newest(e randomEvent, k int) *randomVersion {
	for i := len(r.state[k]) - 1; i >= 0; i-- {
		v := &r.state[k][i]
		if v.undone && !r.chance(r.weird/10) {
			continue
		}
		if v.txn < 0 || v.txn == e.txn || r.h.Txns[v.txn].Outcome == history.Committed || r.chance(r.weird/4) {
			return v
		}
	}
	return nil
}

// look returns the version that a read sees: its own, or mostly the newest one, or any.
func (r *randomHistory) look(e randomEvent, k int) *randomVersion {
	if own := r.own(e, k); own != nil && !r.chance(r.weird/10) {
		return own
	}
	all := r.state[k]
	switch {
	case r.chance(0.35 + r.weird):
		if n := r.rng.IntN(len(all) + 1); n < len(all) {
			return &all[n]
		}
		if len(all) > 0 && all[0].txn < 0 && !r.chance(r.weird/4) {
			return &all[0]
		}
		return nil
	case r.chance(r.weird / 30):
		return &randomVersion{id: history.MakeTxnID(1, 1).Version(3), value: r.value()} // perhaps written by nobody, or later
	}
	return r.newest(e, k)
}

func (r *randomHistory) own(e randomEvent, k int) *randomVersion {
	for i := len(r.state[k]) - 1; i >= 0; i-- {
		if r.state[k][i].txn == e.txn && !r.state[k][i].undone {
			return &r.state[k][i]
		}
	}
	return nil
}

// target returns the version that a write replaces: the newest one, whether the one before may
// be aborted depends on luck.
func (r *randomHistory) target(e randomEvent, k int) *randomVersion {
	if r.chance(r.weird / 10) {
		if n := len(r.state[k]); n > 0 {
			return &r.state[k][r.rng.IntN(n)]
		}
	}
	return r.newest(e, k)
}

func (r *randomHistory) there(e randomEvent, k int) bool {
	v := r.newest(e, k)
	return v != nil && !v.deleted
}

// write makes a version upon another, nil where it makes the row.
func (r *randomHistory) write(e randomEvent, k int, base *randomVersion, deleted bool) history.Row {
	t := &r.h.Txns[e.txn]
	op := &t.Ops[e.op]
	v := randomVersion{id: t.ID().Version(e.op), sent: op.Start, deleted: deleted, txn: e.txn}
	row := history.Row{Key: int64(k + 1), Version: v.id}
	if base != nil && !base.deleted {
		row.Previous, v.value = base.id, base.value
	}
	if deleted {
		v.value = history.Value{}
	}
	set := op.Set
	if op.Kind == history.Upsert && row.Previous != 0 {
		set = op.Update
	}
	for _, a := range set {
		v.value = assigned(v.value, a)
	}
	r.state[k] = append(r.state[k], v)
	return row
}
