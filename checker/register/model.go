package register

import "strings"

// Model is a consistency model, by its name, such as "snapshot-isolation". With
// "strong-session-" before it, it also keeps session order, with "strong-" real-time order.
type Model string

// The base models, weakest first.
const (
	// ReadCommitted is Adya's PL-2 where the version order is not known: no
	// garbage, aborted or intermediate read, and no cycle of write-read dependencies.
	ReadCommitted Model = "read-committed"
	// MonotonicAtomicView is what Biswas and Enea, and AWDIT, call Read
	// Committed: a transaction that has read from T2 does not then read, of any object that
	// T2 wrote, a version that T2's replaced.
	MonotonicAtomicView Model = "monotonic-atomic-view"
	// ReadAtomic: what a transaction sees of another it sees whole (Bailis et
	// al., Scalable Atomic Visibility with RAMP Transactions, 2014). With
	// session order it is Biswas and Enea's Read Atomic.
	ReadAtomic Model = "read-atomic"
	// Causal is Biswas and Enea's Causal Consistency: what happened before a
	// transaction, by sessions and by what was read, it sees. It includes session order.
	Causal Model = "causal"
	// SnapshotIsolation: every cycle has two adjacent anti-dependencies (Cerone
	// and Gotsman, Analysing Snapshot Isolation, 2016, theorem 10).
	SnapshotIsolation Model = "snapshot-isolation"
	// Serializable is Adya's PL-3. Operations name single objects, so PL-2.99 is the same here.
	Serializable Model = "serializable"
)

// Order is the order of transactions that a model keeps besides the dependencies.
type Order string

// The orders; each includes the one before.
const (
	NoOrder Order = ""
	// SessionOrder: a client's transactions take effect in the order in which
	// it ran them. Nothing comes after a transaction of indeterminate
	// outcome: it may have taken effect at any time after it was sent.
	SessionOrder Order = "strong-session-"
	// RealTimeOrder: a transaction that began after another had ended comes after it.
	RealTimeOrder Order = "strong-"
)

// Models returns every model that is checked, stronger ones before those that
// they imply. Those with real-time order are there only where withTimes.
func Models(withTimes bool) []Model {
	var all []Model
	for _, base := range []Model{Serializable, SnapshotIsolation, Causal, ReadAtomic, MonotonicAtomicView, ReadCommitted} {
		if withTimes && base != Causal && base != ReadAtomic {
			all = append(all, Model(RealTimeOrder)+base)
		}
		if base == Causal {
			all = append(all, base)
			continue
		}
		all = append(all, Model(SessionOrder)+base, base)
	}
	return all
}

// Split returns the base model and the order of m.
func (m Model) Split() (Model, Order) {
	for _, order := range []Order{SessionOrder, RealTimeOrder} {
		if base, ok := strings.CutPrefix(string(m), string(order)); ok {
			return Model(base), order
		}
	}
	if m == Causal {
		return m, SessionOrder
	}
	return m, NoOrder
}

// strength orders the base models by implication.
func (m Model) strength() int {
	switch m {
	case Serializable:
		return 6
	case SnapshotIsolation:
		return 5
	case Causal:
		return 4
	case ReadAtomic:
		return 3
	case MonotonicAtomicView:
		return 2
	default:
		return 1
	}
}

func (o Order) strength() int {
	switch o {
	case RealTimeOrder:
		return 2
	case SessionOrder:
		return 1
	default:
		return 0
	}
}

// Implies reports whether every history that keeps m also keeps weaker.
func (m Model) Implies(weaker Model) bool {
	base, order := m.Split()
	other, otherOrder := weaker.Split()
	return base.strength() >= other.strength() && order.strength() >= otherOrder.strength()
}
