package memory

import "github.com/isocheck/isocheck/history"

// MixOfSavepoints has savepoints, and the writes that go by what is there, among reads and updates.
func MixOfSavepoints() Mix {
	return Mix{Read: 6, LockingRead: 1, Scan: 2, Insert: 1, Update: 5, Delete: 1, InsertIgnore: 1, Upsert: 1, UpdateIf: 2, Savepoint: 5}
}

// savepoint makes a savepoint, or rolls back to the last one or releases it.
func (s *session) savepoint(op *history.Op) {
	if n := len(s.saved); n > 0 {
		switch s.engine.rng.IntN(4) {
		case 0, 1:
			op.Kind, op.Key = history.RollbackTo, int64(n)
			s.rollbackTo(s.saved[n-1])
			return
		case 2:
			op.Kind, op.Key = history.Release, int64(n)
			s.saved = s.saved[:n-1]
			return
		}
	}
	s.saved = append(s.saved, len(s.txn.Ops)-1)
	op.Key = int64(len(s.saved))
}

// rollbackTo takes out what the transaction wrote after an operation. It keeps its locks, as InnoDB does.
func (s *session) rollbackTo(operation int) {
	if !s.engine.rules.savepointUndo {
		return
	}
	for _, r := range s.rows {
		r.undoIf(s, func(v *version) bool { return v.id.Op() > operation })
	}
}

// condition reports whether an operation on one row goes on, given the version that it finds; what
// it finds otherwise, it has read.
func (s *session) condition(op *history.Op, r *row, v *version) bool {
	if len(op.Where) == 0 || v.n == s.op.value {
		return true
	}
	s.see(r, v)
	return false
}

// refused reports whether an insert or upsert leaves the row as it is.
func (s *session) refused(op *history.Op, r *row, newest *version) bool {
	if op.Kind != history.InsertIgnore || !newest.exists() || !s.engine.rules.uniqueKeys {
		return false
	}
	s.see(r, newest)
	return true
}
