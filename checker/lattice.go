package checker

import "slices"

// weakerThan returns the base models that a base model directly includes: every
// history that keeps m keeps them (Adya's thesis; Bailis et al.; the map of
// consistency models at jepsen.io/consistency).
func weakerThan(m Model) []Model {
	switch m {
	case ReadCommitted:
		return []Model{ReadUncommitted}
	case MonotonicAtomicView, InnoDBRepeatableRead, CursorStability:
		return []Model{ReadCommitted}
	case ConsistentView:
		return []Model{MonotonicAtomicView, InnoDBRepeatableRead, CursorStability}
	case SnapshotIsolation:
		return []Model{ConsistentView}
	case RepeatableRead:
		// Not monotonic atomic view: that a row is missed by a predicate, PL-2.99 does not rule out.
		return []Model{CursorStability}
	case Serializable:
		return []Model{SnapshotIsolation, RepeatableRead}
	}
	return nil
}

// Includes reports whether every history that keeps m also keeps n.
func (m Model) Includes(n Model) bool {
	mBase, mOrder := m.Split()
	nBase, nOrder := n.Split()
	if !mOrder.includes(nOrder) {
		return false
	}
	if mBase == nBase {
		return true
	}
	return slices.ContainsFunc(weakerThan(mBase), func(w Model) bool { return Model(mOrder + Order(w)).Includes(n) })
}

func (o Order) includes(p Order) bool {
	return o == p || p == NoOrder || o == RealTimeOrder
}

// border returns the strongest models that hold and the weakest that do not.
func border(results []ModelResult) (strongest, weakest []Model) {
	for _, r := range results {
		extreme := true
		for _, s := range results {
			if s.Holds != r.Holds || s.Model == r.Model {
				continue
			}
			if r.Holds && s.Model.Includes(r.Model) || !r.Holds && r.Model.Includes(s.Model) {
				extreme = false
			}
		}
		switch {
		case extreme && r.Holds:
			strongest = append(strongest, r.Model)
		case extreme:
			weakest = append(weakest, r.Model)
		}
	}
	return strongest, weakest
}

// breaker returns which class of cycles rules a base model out, with the
// anomaly to name if no instance was kept. Of models that no class decides, ok is false.
func breaker(m Model) (c class, id AnomalyID, ok bool) {
	switch m {
	case ReadUncommitted:
		return classG0, DirtyWrite, true
	case ReadCommitted, MonotonicAtomicView, CursorStability:
		return classG1c, CircularFlow, true
	case InnoDBRepeatableRead:
		return classPlain, ReadSkew, true
	case ConsistentView:
		return classSingle, ReadSkew, true
	case SnapshotIsolation:
		return classSI, LongFork, true
	case RepeatableRead:
		return classItem, WriteSkew, true
	case Serializable:
		return classAll, PredicateWriteSkew, true
	}
	return 0, "", false
}

// judge says of each model whether the history keeps it: it does unless an
// instance of an anomaly breaks it, or the dependency graph has a cycle of a class
// that it rules out.
func (c *check) judge() []ModelResult {
	var results []ModelResult
	for _, m := range Models() {
		if _, order := m.Split(); order == RealTimeOrder && c.ix.mergedClocks {
			continue // clocks of several processes prove no real-time order
		}
		r := ModelResult{Model: m, Holds: true}
		for _, id := range AnomalyIDs() {
			if c.breaks[anomalyModel{id, m}] {
				r.Holds, r.RuledOutBy = false, id
				break
			}
		}
		base, order := m.Split()
		for _, o := range []Order{NoOrder, SessionOrder, RealTimeOrder} {
			class, id, ok := breaker(base)
			if ok && r.Holds && order.includes(o) && c.cycles.failed[orderedClass{o, class}] {
				r.Holds, r.RuledOutBy = false, variantOf(id, o)
			}
		}
		results = append(results, r)
	}
	return results
}

// variantOf returns the anomaly with the order that closes its cycle.
func variantOf(id AnomalyID, o Order) AnomalyID {
	switch o {
	case SessionOrder:
		return id + sessionSuffix
	case RealTimeOrder:
		return id + realTimeSuffix
	}
	return id
}
