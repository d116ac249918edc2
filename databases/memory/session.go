package memory

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// session is one client and the transaction that it runs.
type session struct {
	engine *engine
	txn    history.Transaction
	active bool
	// snapshot is the number of the last commit that the transaction sees, 0 before its first operation.
	snapshot int64
	stale    bool // it only reads, and may see an old snapshot
	left     int  // operations still to come
	plan     []history.Kind
	rows     []*row   // that it wrote, or locked
	seen     []sight  // what it read
	scans    []int64  // the values that it scanned for
	saved    []int    // the operations that made the savepoints that it can roll back to
	waitsFor *session // who holds the lock that it wants
	op       pendingOp
	publish  int // how many of its rows are committed, while it commits them one by one

	answer  []history.Row // memory of the operations' rows and values
	values  []history.Value
	assigns []history.Assign
}

// sight is a row that was read, and the version that was seen, which may be a deleted one, 0 where there was none.
type sight struct {
	row *row
	id  history.Version
}

// pendingOp is an operation that has been sent.
type pendingOp struct {
	waiting bool // it has been sent, and waits for a lock
	kind    history.Kind
	row     *row
	value   int64
}

// step does the session's next thing, and reports whether its transaction has ended.
func (s *session) step() bool {
	switch {
	case !s.active:
		s.begin()
		s.draw()
		return false
	case s.op.waiting || s.left > 0:
		return s.operate()
	default:
		return s.end()
	}
}

func (s *session) begin() {
	s.engine.started++
	t := &s.txn
	*t = history.Transaction{Client: t.Client, Number: t.Number + 1, Start: s.engine.now, Ops: t.Ops[:0]}
	s.active, s.snapshot, s.stale, s.left, s.publish = true, 0, false, 0, 0
	s.rows, s.seen, s.scans = s.rows[:0], s.seen[:0], s.scans[:0]
	s.answer, s.values, s.assigns = s.answer[:0], s.values[:0], s.assigns[:0]
}

// draw draws what the transaction is going to do.
func (s *session) draw() {
	mix := s.engine.config.Mix
	s.plan = s.plan[:0]
	s.saved = s.saved[:0]
	readOnly := true
	for range s.engine.config.Operations {
		kind := mix.draw(s.engine.rng.IntN(mix.sum()))
		s.plan = append(s.plan, kind)
		readOnly = readOnly && (kind == history.Read || kind == history.ReadWhere)
	}
	s.left = len(s.plan)
	s.stale = readOnly && s.engine.rules.snapshotReads && !s.engine.rules.freshSnapshots && s.allowsStale()
}

// lockingRead and updateIf stand for a locking read and an update on a condition in a plan: every kind of
// operation below is history's own.
const (
	lockingRead = history.Kind(100)
	updateIf    = history.Kind(101)
)

func (m Mix) draw(n int) history.Kind {
	for _, choice := range []struct {
		weight int
		kind   history.Kind
	}{
		{m.Read, history.Read},
		{m.LockingRead, lockingRead},
		{m.Scan, history.ReadWhere},
		{m.Insert, history.Insert},
		{m.Update, history.Update},
		{m.Delete, history.Delete},
		{m.Append, history.Append},
		{m.InsertIgnore, history.InsertIgnore},
		{m.Upsert, history.Upsert},
		{m.UpdateIf, updateIf},
		{m.Savepoint, history.Savepoint},
	} {
		if n < choice.weight {
			return choice.kind
		}
		n -= choice.weight
	}
	return history.Read
}

// allowsStale reports whether the model allows old snapshots, or a rule that forbids them is switched off.
func (s *session) allowsStale() bool {
	model := s.engine.config.Model
	return model == Serializable || model == StrictSerializable
}

// takeSnapshot gives the transaction its snapshot at its first operation, as real databases do.
func (s *session) takeSnapshot() {
	if s.snapshot > 0 {
		return
	}
	s.snapshot = s.engine.commits
	if s.stale && s.engine.rng.IntN(2) == 0 {
		s.snapshot = max(s.engine.first, s.snapshot-s.engine.rng.Int64N(staleness))
	}
}

// end ends a transaction whose operations are done: it commits, or aborts on purpose.
func (s *session) end() bool {
	e := s.engine
	if s.publish == 0 {
		s.txn.Finish = e.now
		chance := e.rng.Float64()
		switch {
		case chance < e.config.AbortShare:
			s.abort(nil)
			return true
		case chance < e.config.AbortShare+e.config.LostShare:
			s.txn.Outcome = history.Indeterminate
			if e.rng.IntN(2) == 0 {
				s.rollback()
				return true
			}
		}
		if s.fails() {
			s.txn.Outcome = history.Aborted
			s.abort(&history.Error{Class: history.SerializationFailure, Message: "what was read has changed"})
			return true
		}
	}
	if !e.rules.atomicCommit && s.publish < len(s.rows) && e.config.Model != ReadUncommitted {
		e.commits++
		s.rows[s.publish].commit(s, e.commits)
		s.publish++
		return false
	}
	s.finish()
	return true
}

// fails reports whether the commit must fail because of what was read.
func (s *session) fails() bool {
	if !s.wrote() {
		return false
	}
	e := s.engine
	for _, seen := range s.seen {
		if e.rules.readValidation && seen.row.changed(s, seen.id) {
			return true
		}
	}
	for _, n := range s.scans {
		for _, r := range e.rows {
			if e.rules.predicateValidation && r.cameInto(n, s.snapshot) {
				return true
			}
		}
	}
	return false
}

// changed reports whether the newest committed version is not the one that was seen. A row that was not
// there, and came and went since, has changed too.
func (r *row) changed(s *session, seen history.Version) bool {
	v := r.committed(s.engine.commits)
	return v == nil && seen != 0 || v != nil && v.id != seen
}

// cameInto reports whether a version that was committed after a snapshot matches a predicate: also if the row
// has left it again, the reader did not see that it was there.
func (r *row) cameInto(n, snapshot int64) bool {
	return slices.ContainsFunc(r.versions, func(v version) bool { return v.by == nil && v.commit > snapshot && !v.deleted && v.n == n })
}

func (s *session) wrote() bool {
	return slices.ContainsFunc(s.rows, func(r *row) bool { return r.own(s) != nil })
}

// finish makes all that the transaction wrote visible.
func (s *session) finish() {
	e := s.engine
	e.commits++
	for _, r := range s.rows {
		r.commit(s, e.commits)
	}
	if s.txn.Outcome == 0 {
		s.txn.Outcome = history.Committed
	}
	s.release()
}

// abort ends the transaction without effect, for a reason or, where that is nil, on purpose.
func (s *session) abort(reason *history.Error) {
	s.txn.Outcome, s.txn.Error = history.Aborted, reason
	s.rollback()
}

func (s *session) rollback() {
	if s.engine.rules.abortUndo {
		for _, r := range s.rows {
			r.undo(s)
		}
	} else {
		s.engine.commits++
		for _, r := range s.rows {
			r.commit(s, s.engine.commits)
		}
	}
	s.release()
}

// release gives the locks back and lets those who wait for them go on.
func (s *session) release() {
	e := s.engine
	horizon := e.horizon()
	for _, r := range s.rows {
		if r.owner == s {
			r.owner = nil
		}
		if len(r.versions) > 4 {
			r.forget(horizon)
		}
	}
	for i := range e.sessions {
		if e.sessions[i].waitsFor == s {
			e.sessions[i].waitsFor = nil
		}
	}
	s.txn.End = e.now + 1
	s.active, s.left, s.op.waiting = false, 0, false
}

// assign returns an assignment in memory that lives as long as the transaction.
func (s *session) assign(a history.Assign) []history.Assign {
	from := len(s.assigns)
	s.assigns = append(s.assigns, a)
	return s.assigns[from:len(s.assigns):len(s.assigns)]
}
