package checker

import (
	"fmt"
	"strings"
)

// Model is a formal consistency model, by its name, such as "snapshot-isolation".
//
// Each base model can be asked for together with session order
// ("strong-session-…": a client's transactions take effect in the order in
// which it ran them) and with real-time order ("strong-…": a transaction that
// began after another had ended comes after it).
type Model string

// The base models, weakest first as far as they compare.
const (
	// ReadUncommitted is PL-1 of Adya's thesis: writes do not interleave (no G0).
	ReadUncommitted Model = "read-uncommitted"
	// ReadCommitted is PL-2: no G0, G1a, G1b, G1c.
	ReadCommitted Model = "read-committed"
	// MonotonicAtomicView (Bailis et al., Highly Available Transactions, 2013)
	// is read committed where a transaction that has seen a part of another's
	// writes sees all of them from then on.
	MonotonicAtomicView Model = "monotonic-atomic-view"
	// InnoDBRepeatableRead is what MySQL documents for REPEATABLE READ: plain
	// reads before a transaction's first write come from one snapshot; locking
	// reads and writes see the newest rows.
	InnoDBRepeatableRead Model = "innodb-repeatable-read"
	// CursorStability is PL-CS: read committed without lost updates of rows that were read under a lock.
	CursorStability Model = "cursor-stability"
	// ConsistentView is PL-2+: no G1, no G-single.
	ConsistentView Model = "consistent-view"
	// SnapshotIsolation is PL-SI: every cycle has two adjacent
	// anti-dependencies (Cerone and Gotsman, Analysing Snapshot Isolation, 2016).
	SnapshotIsolation Model = "snapshot-isolation"
	// RepeatableRead is PL-2.99: no G1, no G2-item. (PostgreSQL's level of that name is snapshot isolation.)
	RepeatableRead Model = "repeatable-read"
	// Serializable is PL-3: no G1, no G2.
	Serializable Model = "serializable"
)

// Order is the order that a model keeps besides the dependencies.
type Order string

// The orders; each includes the one before.
const (
	NoOrder       Order = ""
	SessionOrder  Order = "strong-session-"
	RealTimeOrder Order = "strong-"
)

// BaseModels returns the base models, weaker ones before stronger ones.
func BaseModels() []Model {
	return []Model{
		ReadUncommitted, ReadCommitted, MonotonicAtomicView, InnoDBRepeatableRead, CursorStability,
		ConsistentView, SnapshotIsolation, RepeatableRead, Serializable,
	}
}

// Models returns every model, base models first, then those with session order, then with real-time order.
func Models() []Model {
	var all []Model
	for _, order := range []Order{NoOrder, SessionOrder, RealTimeOrder} {
		for _, base := range BaseModels() {
			all = append(all, Model(order)+base)
		}
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
	return m, NoOrder
}

// ParseModel returns the model of that name.
func ParseModel(name string) (Model, error) {
	for _, m := range Models() {
		if string(m) == name {
			return m, nil
		}
	}
	return "", fmt.Errorf("unknown model %q; known are %s, each also with strong-session- or strong- before it", name, joinModels(BaseModels()))
}

func joinModels(models []Model) string {
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}
