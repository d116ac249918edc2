package checker

import (
	"slices"
	"strings"
)

// rules says what is a violation, given what is expected.
type rules struct {
	ix    *index
	opts  Options
	base  Model // of opts.Expect
	known map[shape]bool
}

// ruledOut returns the anomalies that a base model rules out. InnoDB's repeatable
// read rules out some instances of more: see rules.violates.
func ruledOut(m Model) []AnomalyID {
	pl1 := []AnomalyID{DirtyWrite, IncompatibleVersions, LostCommit, GarbageRead, FutureRead, InternalRead}
	pl2 := append(slices.Clip(pl1), DirtyRead, DirtyUpdate, IntermediateRead, CircularFlow)
	single := append(slices.Clip(pl2), FracturedRead, CursorLostUpdate, LostUpdate, NonRepeatableRead, Phantom, ReadSkew)
	switch m {
	case ReadUncommitted:
		return pl1
	case ReadCommitted, InnoDBRepeatableRead:
		return pl2
	case MonotonicAtomicView:
		return append(slices.Clip(pl2), FracturedRead)
	case CursorStability:
		return append(slices.Clip(pl2), CursorLostUpdate)
	case ConsistentView:
		return single
	case SnapshotIsolation:
		return append(slices.Clip(single), LongFork)
	case RepeatableRead:
		return append(slices.Clip(single), LongFork, WriteSkew)
	default:
		return append(slices.Clip(single), LongFork, WriteSkew, PredicateWriteSkew)
	}
}

// RuledOut returns the anomalies that a model rules out. Of InnoDB's repeatable
// read it returns those of which it rules out every instance.
func RuledOut(m Model) []AnomalyID {
	base, order := m.Split()
	ids := ruledOut(base)
	var all []AnomalyID
	for _, id := range ids {
		all = append(all, id)
		if order != NoOrder && slices.Contains(cyclic(), id) {
			all = append(all, id+sessionSuffix)
			if order == RealTimeOrder {
				all = append(all, id+realTimeSuffix)
			}
		}
	}
	return all
}

// Anomalies that are cycles have variants in which session order, or real-time
// order, is needed to close the cycle.
const (
	sessionSuffix  AnomalyID = "-session"
	realTimeSuffix AnomalyID = "-real-time"
)

// cyclic returns the anomalies that have variants with session and real-time order.
func cyclic() []AnomalyID {
	return []AnomalyID{DirtyWrite, CircularFlow, ReadSkew, LongFork, WriteSkew, PredicateWriteSkew}
}

// baseAnomaly returns the anomaly without its variant.
func baseAnomaly(id AnomalyID) AnomalyID {
	s := strings.TrimSuffix(string(id), string(sessionSuffix))
	return AnomalyID(strings.TrimSuffix(s, string(realTimeSuffix)))
}

// violates reports whether an instance breaks what is expected.
func (r *rules) violates(in *instance) bool {
	switch {
	case slices.Contains(r.opts.Allow, in.id):
		return false
	case slices.Contains(r.opts.Forbid, in.id):
		return true
	}
	s := r.shapeOf(in)
	broken, ok := r.known[s]
	if !ok {
		broken = s.breaks(r.opts.Expect)
		r.known[s] = broken
	}
	return broken
}

// shape is all of an instance that decides which models it breaks.
type shape struct {
	id        AnomalyID
	predicate bool // it has a predicate anti-dependency
	single    bool // it is G-single …
	plain     bool // … between plain reads
}

func (r *rules) shapeOf(in *instance) shape {
	s := shape{id: in.id, single: singleAntiDependency(in)}
	s.plain = s.single && r.plainPivot(in)
	s.predicate = in.open || slices.ContainsFunc(in.edges, func(e edge) bool { return e.kind == predicateRW })
	return s
}

// breaks reports whether an instance of this shape is one that a model rules out.
func (s shape) breaks(m Model) bool {
	base, _ := m.Split()
	switch {
	case base == InnoDBRepeatableRead && s.single:
		return s.plain
	case base == RepeatableRead && s.predicate && !slices.Contains(ruledOut(ReadCommitted), s.id):
		return false // of predicates Adya's PL-2.99 says no more than PL-2
	}
	return slices.Contains(RuledOut(m), s.id)
}

// singleAntiDependency reports whether the instance is a G-single cycle: one
// anti-dependency, the instance's first edge, and then dependencies.
func singleAntiDependency(in *instance) bool {
	for i, e := range in.edges {
		if (e.kind&antiDependencies != 0) != (i == 0) || e.kind&orders != 0 {
			return false
		}
	}
	return len(in.edges) > 1
}

// plainPivot reports whether both edges at a G-single cycle's pivot come from plain
// reads that the pivot made before its first write: what MySQL's manual calls
// consistent nonlocking reads, which all come from the transaction's one snapshot.
func (r *rules) plainPivot(in *instance) bool {
	return r.plain(in.edges[0]) && r.plain(in.edges[len(in.edges)-1])
}

// plain reports whether the edge comes from a plain read before the reader's first write.
func (r *rules) plain(e edge) bool {
	switch {
	case e.read >= 0:
		read := &r.ix.reads[e.read]
		t := e.from
		if e.kind == wr {
			t = e.to
		}
		return !read.locked && !r.wroteBefore(t, read.op())
	case e.scan >= 0:
		s := &r.ix.scans[e.scan]
		return !s.locked && !r.wroteBefore(s.txn, s.op)
	}
	return false
}

func (r *rules) wroteBefore(t, op int32) bool {
	writes := r.ix.writesOf(t)
	return len(writes) > 0 && writes[0].op < op || r.ix.ownHidden(t, 0, op)
}
