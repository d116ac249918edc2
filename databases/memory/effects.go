package memory

import "slices"

// Effect is what comes of switching one rule off: an anomaly that the model rules out shows within a number of
// transactions.
type Effect struct {
	Rule  Rule
	Model Model // the weakest that shows it
	Kind  Kind
	Shows Anomaly
	// Within is in how many transactions of the Config it shows, with about every seed: measured with 50
	// seeds, all of which showed it in half as many.
	Within int
}

// Effects returns what switching each rule off does in histories of each kind, as far as they can show it. In lists
// and registers there are no locking reads, inserts and predicates, so that what rests on ReadLocks, UniqueKeys and
// PredicateValidation makes no difference; and registers do not show in what order they were written, and so not what
// rests on WriteLocks and WriteNewest alone.
func Effects() []Effect {
	return []Effect{
		{WriteLocks, ReadUncommitted, Traced, "dirty-write", 1600},
		{WriteLocks, ReadUncommitted, Append, "dirty-write", 200},
		{WriteLocks, ReadUncommitted, UntracedAppend, "dirty-write", 200},
		{WriteLocks, SnapshotIsolation, Register, "lost-update", 100},
		{ReadLocks, ReadCommitted, Traced, "cursor-lost-update", 200},
		{AbortUndo, ReadCommitted, Traced, "dirty-read", 100},
		{AbortUndo, ReadCommitted, Append, "dirty-read", 100},
		{AbortUndo, ReadCommitted, UntracedAppend, "dirty-read", 100},
		{AbortUndo, ReadCommitted, Register, "dirty-read", 100},
		{SavepointUndo, ReadCommitted, Traced, "dirty-read", 800},
		{ReadOwnWrites, ReadCommitted, Traced, "internal-inconsistency", 100},
		{ReadOwnWrites, ReadCommitted, Append, "internal-inconsistency", 100},
		{ReadOwnWrites, ReadCommitted, UntracedAppend, "internal-inconsistency", 100},
		{ReadOwnWrites, ReadCommitted, Register, "internal-inconsistency", 100},
		{WriteNewest, ReadUncommitted, Traced, "incompatible-versions", 50},
		{WriteNewest, ReadUncommitted, Append, "incompatible-versions", 50},
		{WriteNewest, ReadUncommitted, UntracedAppend, "incompatible-versions", 50},
		{UniqueKeys, ReadUncommitted, Traced, "incompatible-versions", 100},
		{NoDirtyRead, ReadCommitted, Traced, "dirty-read", 200},
		{NoDirtyRead, ReadCommitted, Append, "dirty-read", 200},
		{NoDirtyRead, ReadCommitted, UntracedAppend, "dirty-read", 200},
		{NoDirtyRead, ReadCommitted, Register, "dirty-read", 200},
		{AtomicCommit, ReadCommitted, Traced, "fractured-read", 1600},
		{AtomicCommit, ReadCommitted, Append, "fractured-read", 6400},
		{AtomicCommit, ReadCommitted, UntracedAppend, "fractured-read", 6400},
		{AtomicCommit, ReadCommitted, Register, "fractured-read", 6400},
		{SnapshotReads, SnapshotIsolation, Traced, "non-repeatable-read", 400},
		{SnapshotReads, SnapshotIsolation, Append, "read-skew", 800},
		{SnapshotReads, SnapshotIsolation, UntracedAppend, "read-skew", 800},
		{SnapshotReads, SnapshotIsolation, Register, "non-repeatable-read", 800},
		{FirstCommitterWins, SnapshotIsolation, Traced, "lost-update", 400},
		{FirstCommitterWins, SnapshotIsolation, Append, "lost-update", 100},
		{FirstCommitterWins, SnapshotIsolation, UntracedAppend, "lost-update", 100},
		{FirstCommitterWins, SnapshotIsolation, Register, "lost-update", 50},
		{ReadValidation, Serializable, Traced, "write-skew", 200},
		{ReadValidation, Serializable, Append, "write-skew", 200},
		{ReadValidation, Serializable, UntracedAppend, "write-skew", 200},
		{ReadValidation, Serializable, Register, "write-skew", 200},
		{PredicateValidation, Serializable, Traced, "predicate-write-skew", 1600},
		{FreshSnapshots, StrictSerializable, Traced, "read-skew-session", 800},
		{FreshSnapshots, StrictSerializable, Append, "read-skew-session", 800},
		{FreshSnapshots, StrictSerializable, UntracedAppend, "read-skew-session", 800},
		{FreshSnapshots, StrictSerializable, Register, "read-skew-session", 400},
	}
}

// Config returns a Config that shows the effect: few rows, which makes transactions meet, and some that abort. It is
// that of isocheck generate with --keys 8 --sessions 6 --abort-share 0.1 and, for traced histories, --values 3 --mix all, or
// --mix locks for ReadLocks and --mix savepoints for SavepointUndo.
func (e Effect) Config(seed uint64) Config {
	c := Config{
		Model: e.Model, Kind: e.Kind, Off: []Rule{e.Rule}, Seed: seed, Txns: e.Within, Keys: 8, Sessions: 6, AbortShare: 0.1,
	}
	if e.Kind == Traced {
		c.Values, c.Mix = 3, MixOfAll()
	}
	switch e.Rule {
	case ReadLocks:
		c.Mix = MixOfLocks()
	case SavepointUndo:
		c.Mix, c.Operations = MixOfSavepoints(), 8
	}
	return c
}

// MixOfLocks has locking reads and updates alike.
func MixOfLocks() Mix { return Mix{LockingRead: 1, Update: 1} }

// Matters reports whether switching the rule off shows in histories of the kind.
func (r Rule) Matters(k Kind) bool {
	return slices.ContainsFunc(Effects(), func(e Effect) bool { return e.Rule == r && e.Kind == k })
}
