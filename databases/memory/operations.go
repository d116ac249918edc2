package memory

import (
	"math"

	"github.com/isocheck/isocheck/history"
)

// operate sends the next operation, or tries again one that waits for a lock. It reports
// whether that ended the transaction.
func (s *session) operate() bool {
	if !s.op.waiting {
		s.drawOp()
		s.takeSnapshot()
	}
	op := &s.txn.Ops[len(s.txn.Ops)-1]
	var failed *history.Error
	done := true
	switch {
	case op.Kind == history.Savepoint:
		s.savepoint(op)
	case op.Kind == history.ReadWhere:
		s.scan(op)
	case op.Kind == history.Read && op.Lock == history.NoLock:
		s.read(op, s.op.row, s.visible(s.op.row))
	default:
		done, failed = s.lockAndWrite(op)
	}
	s.op.waiting = !done
	if !done {
		return false
	}
	op.End = s.engine.now + 1
	s.left--
	if failed != nil {
		op.Error, op.Rows = failed, nil
		s.txn.Finish = s.engine.now
		s.abort(nil)
		return true
	}
	return false
}

// drawOp draws the rest of the operation that is next in the plan, and sends it.
func (s *session) drawOp() {
	e := s.engine
	kind := s.plan[len(s.plan)-s.left]
	s.op = pendingOp{kind: kind, row: e.row(e.rng.IntN(len(e.rows))), value: e.rng.Int64N(int64(e.config.Values))}
	op := history.Op{Kind: kind, Key: s.op.row.key}
	switch kind {
	case lockingRead:
		op.Kind, op.Lock = history.Read, history.ForUpdate
	case history.ReadWhere:
		op.Key, op.Where = 0, history.Predicate{{Cmp: history.Equal, Value: history.IntValue(s.op.value)}}
	case history.Savepoint:
		op.Key = 0
	case updateIf:
		op.Kind, op.Where = history.Update, history.Predicate{{Cmp: history.Equal, Value: history.IntValue(s.op.value)}}
		op.Set = s.assign(history.Assign{Op: history.Add, Value: history.IntValue(1)})
	case history.Upsert:
		op.Update = s.assign(history.Assign{Op: history.Add, Value: history.IntValue(1)})
		op.Set = s.assign(history.Assign{Value: history.IntValue(s.op.value)})
	case history.Insert, history.Update, history.InsertIgnore:
		if e.config.Kind == Register {
			e.value++
			s.op.value = e.value
		}
		op.Set = s.assign(history.Assign{Value: history.IntValue(s.op.value)})
	case history.Append:
		e.value++
		op.Set = s.assign(history.Assign{Op: history.Concat, Value: history.IntValue(e.value)})
	}
	s.send(op)
}

// send adds an operation to the transaction.
func (s *session) send(op history.Op) {
	op.Start, op.End, op.Statement = s.engine.now, s.engine.now+1, -1
	s.txn.Ops = append(s.txn.Ops, op)
}

// visible returns the version of a row that the session's plain reads see, nil if there is none.
func (s *session) visible(r *row) *version {
	rules := &s.engine.rules
	if rules.readOwnWrites {
		if v := r.own(s); v != nil {
			return v
		}
	}
	switch {
	case !rules.noDirtyRead:
		return r.newest()
	case rules.snapshotReads:
		return r.committed(s.snapshot)
	}
	return r.committed(math.MaxInt64)
}

// read answers a read of one row.
func (s *session) read(op *history.Op, r *row, v *version) {
	if !v.exists() {
		s.see(r, v)
		return
	}
	from := len(s.answer)
	s.return1(r, v)
	op.Rows = s.answer[from:len(s.answer):len(s.answer)]
}

// return1 adds a row to the answer.
func (s *session) return1(r *row, v *version) {
	s.see(r, v)
	from := len(s.values)
	if s.engine.config.Kind.lists() {
		s.values = append(s.values, history.TextValue(v.text))
	} else {
		s.values = append(s.values, history.IntValue(v.n))
	}
	row := history.Row{Key: r.key, Version: v.id, Values: s.values[from:len(s.values):len(s.values)]}
	if !s.engine.config.Kind.traced() {
		row.Version = 0
	}
	s.answer = append(s.answer, row)
}

// see remembers what was read, for the validation at the commit; what it wrote itself apart.
func (s *session) see(r *row, v *version) {
	switch {
	case !s.engine.rules.readValidation || r.own(s) != nil:
	case v == nil:
		s.seen = append(s.seen, sight{r, 0})
	default:
		s.seen = append(s.seen, sight{r, v.id})
	}
}

// scan answers a read by a predicate.
func (s *session) scan(op *history.Op) {
	from := len(s.answer)
	for _, r := range s.engine.rows {
		if v := s.visible(r); v.exists() && v.n == s.op.value {
			s.return1(r, v)
		}
	}
	op.Rows = s.answer[from:len(s.answer):len(s.answer)]
	s.scans = append(s.scans, s.op.value)
}

// lockAndWrite does a write or a locking read, if it need not wait for another's lock.
func (s *session) lockAndWrite(op *history.Op) (done bool, failed *history.Error) {
	r, rules := s.op.row, &s.engine.rules
	reads := op.Kind == history.Read
	newest := s.target(r)
	switch v := s.visibleToWrites(r, op.Kind); {
	case v == nil:
		s.see(r, s.foundByWrites(r))
		return true, nil
	case !s.condition(op, r, v):
		return true, nil
	}
	locks := rules.writeLocks && !reads || rules.readLocks
	if locks && r.owner != nil && r.owner != s {
		if s.deadlocks(r.owner) {
			return true, &history.Error{Class: history.Deadlock, Message: "deadlock"}
		}
		s.waitsFor = r.owner
		return false, nil
	}
	if conflict := r.committed(math.MaxInt64); rules.firstCommitterWins && conflict != nil && conflict.commit > s.snapshot {
		return true, &history.Error{Class: history.SerializationFailure, Message: "the row is newer than the snapshot"}
	}
	if !newest.exists() && !s.makesRow(op.Kind) {
		s.see(r, newest) // it was there in the snapshot, and is not any more
		return true, nil
	}
	if s.refused(op, r, newest) || newest.exists() && !s.condition(op, r, newest) {
		return true, nil
	}
	if op.Kind == history.Insert && newest.exists() && rules.uniqueKeys {
		return true, &history.Error{Class: history.Constraint, Message: "there is such a row"}
	}
	s.rows = append(s.rows, r)
	if reads && rules.readLocks || !reads && rules.writeLocks {
		r.owner = s
	}
	if reads {
		s.read(op, r, newest)
		return true, nil
	}
	if op.Kind == history.Insert || op.Kind == history.InsertIgnore {
		newest = nil // it replaces nothing, not even a version that should have kept it from being made
	}
	s.write(r, newest)
	return true, nil
}

// visibleToWrites returns the version on account of which a write or a locking read does
// anything at all; nil where it finds no row.
func (s *session) visibleToWrites(r *row, kind history.Kind) *version {
	if s.makesRow(kind) {
		return &version{}
	}
	if v := s.foundByWrites(r); v.exists() {
		return v
	}
	return nil
}

// foundByWrites returns the version by which a write of what is there, or a locking read, goes.
func (s *session) foundByWrites(r *row) *version {
	if s.engine.rules.firstCommitterWins || s.engine.rules.snapshotReads {
		return s.visible(r)
	}
	return s.target(r)
}

// makesRow reports whether an operation makes the row where there is none. A register is there from
// the start, and has a row once it was written.
func (s *session) makesRow(kind history.Kind) bool {
	return kind == history.Insert || kind == history.InsertIgnore || kind == history.Upsert || kind == history.Append || kind == history.Update && s.engine.config.Kind == Register
}

// target returns the version that a write of the row replaces, or that a locking read sees: the newest, the
// session's own or a committed one, or, where locks do not keep others away, whoever's.
func (s *session) target(r *row) *version {
	rules := &s.engine.rules
	switch own := r.own(s); {
	case own != nil:
		return r.newest()
	case !rules.writeNewest:
		return r.committed(s.snapshot)
	case !rules.writeLocks:
		return r.newest()
	}
	return r.committed(math.MaxInt64)
}

// deadlocks reports whether the session's waiting for another would close a circle.
func (s *session) deadlocks(holder *session) bool {
	for ; holder != nil; holder = holder.waitsFor {
		if holder == s {
			return true
		}
	}
	return false
}

// write adds the version that the last operation makes, which replaces another one, nil or a
// deleted one where it makes the row.
func (s *session) write(r *row, base *version) {
	op := &s.txn.Ops[len(s.txn.Ops)-1]
	v := version{id: s.txn.ID().Version(len(s.txn.Ops) - 1), by: s, deleted: op.Kind == history.Delete}
	answer := history.Row{Key: r.key, Version: v.id}
	if base.exists() {
		answer.Previous, v.n, v.text = base.id, base.n, base.text
	}
	switch op.Kind {
	case history.Append:
		v.text, v.n = appended(v.text, op.Set[0].Value.Int), v.n+1
	case history.Insert, history.InsertIgnore, history.Update, history.Upsert:
		set := op.Set[0]
		if op.Kind == history.Upsert && base.exists() {
			set = op.Update[0]
		}
		if set.Op == history.Set {
			v.n = 0
		}
		v.n += set.Value.Int
	}
	r.versions = append(r.versions, v)
	from := len(s.answer)
	if !s.engine.config.Kind.traced() {
		answer.Version, answer.Previous = 0, 0
	}
	s.answer = append(s.answer, answer)
	op.Rows = s.answer[from:len(s.answer):len(s.answer)]
}
