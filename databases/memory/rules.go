package memory

import (
	"fmt"
	"slices"
	"strings"
)

// Model is an isolation model that the database keeps while none of its rules is switched off.
type Model string

// The models, weakest first. Each keeps the rules of the one before and more.
const (
	// ReadUncommitted: writes wait for each other, reads see the newest versions, committed or not.
	ReadUncommitted Model = "read-uncommitted"
	// ReadCommitted: each statement sees what was committed when it began.
	ReadCommitted Model = "read-committed"
	// SnapshotIsolation: each transaction sees one snapshot, and fails rather than
	// overwrite what is newer.
	SnapshotIsolation Model = "snapshot-isolation"
	// Serializable: besides, a transaction that writes fails if anything that it read has
	// changed. Transactions that only read may see an old snapshot.
	Serializable Model = "serializable"
	// StrictSerializable: and no snapshot is old.
	StrictSerializable Model = "strict-serializable"
)

// Models returns all models, weakest first.
func Models() []Model {
	return []Model{ReadUncommitted, ReadCommitted, SnapshotIsolation, Serializable, StrictSerializable}
}

// Promise returns the consistency model that the database keeps, as package checker names it. The strict ones
// keep it together with real-time order. It is empty for an unknown model.
func (m Model) Promise() string {
	return map[Model]string{
		ReadUncommitted:    "strong-read-uncommitted",
		ReadCommitted:      "strong-monotonic-atomic-view",
		SnapshotIsolation:  "strong-snapshot-isolation",
		Serializable:       "serializable",
		StrictSerializable: "strong-serializable",
	}[m]
}

// Rule is one thing that the database does to keep its model.
type Rule string

// The rules.
const (
	// WriteLocks: a write waits for the transaction that wrote the row last to end.
	WriteLocks Rule = "write-locks"
	// ReadLocks: a locking read keeps others from writing the row until its transaction ends.
	ReadLocks Rule = "read-locks"
	// AbortUndo: what an aborted transaction wrote is gone.
	AbortUndo Rule = "abort-undo"
	// SavepointUndo: what a transaction rolled back to a savepoint is gone.
	SavepointUndo Rule = "savepoint-undo"
	// ReadOwnWrites: a transaction sees what it wrote itself.
	ReadOwnWrites Rule = "read-own-writes"
	// WriteNewest: a write replaces the newest version of the row, not the one
	// that was the newest when the transaction began.
	WriteNewest Rule = "write-newest"
	// UniqueKeys: an insert fails if there is such a row.
	UniqueKeys Rule = "unique-keys"
	// NoDirtyRead: what is not committed is not seen by others.
	NoDirtyRead Rule = "no-dirty-read"
	// AtomicCommit: all that a transaction wrote becomes visible at once.
	AtomicCommit Rule = "atomic-commit"
	// SnapshotReads: all reads of a transaction see the same snapshot.
	SnapshotReads Rule = "snapshot-reads"
	// FirstCommitterWins: a write fails if the row has a version newer than the transaction's snapshot.
	FirstCommitterWins Rule = "first-committer-wins"
	// ReadValidation: a transaction that wrote fails at its commit if a row that it read has changed.
	ReadValidation Rule = "read-validation"
	// PredicateValidation: and if rows have come into a predicate that it read by.
	PredicateValidation Rule = "predicate-validation"
	// FreshSnapshots: a snapshot has all that was committed before the transaction began.
	FreshSnapshots Rule = "fresh-snapshots"
)

// Rules returns the rules by which a model is kept, nil for an unknown model.
func Rules(m Model) []Rule {
	rules := []Rule{WriteLocks, ReadLocks, AbortUndo, SavepointUndo, ReadOwnWrites, WriteNewest, UniqueKeys}
	more := map[Model][]Rule{
		ReadUncommitted: {}, ReadCommitted: {NoDirtyRead, AtomicCommit}, SnapshotIsolation: {SnapshotReads, FirstCommitterWins},
		Serializable: {ReadValidation, PredicateValidation}, StrictSerializable: {FreshSnapshots},
	}
	for _, known := range Models() {
		rules = append(rules, more[known]...)
		if known == m {
			return rules
		}
	}
	return nil
}

// rules are the rules in force.
type rules struct {
	writeLocks, readLocks, abortUndo, savepointUndo, readOwnWrites, writeNewest, uniqueKeys bool
	noDirtyRead, atomicCommit                                                               bool
	snapshotReads, firstCommitterWins                                                       bool
	readValidation, predicateValidation, freshSnapshots                                     bool
}

// rule returns the place of a rule.
func (in *rules) rule(r Rule) *bool {
	return map[Rule]*bool{
		WriteLocks:          &in.writeLocks,
		ReadLocks:           &in.readLocks,
		AbortUndo:           &in.abortUndo,
		SavepointUndo:       &in.savepointUndo,
		ReadOwnWrites:       &in.readOwnWrites,
		WriteNewest:         &in.writeNewest,
		UniqueKeys:          &in.uniqueKeys,
		NoDirtyRead:         &in.noDirtyRead,
		AtomicCommit:        &in.atomicCommit,
		SnapshotReads:       &in.snapshotReads,
		FirstCommitterWins:  &in.firstCommitterWins,
		ReadValidation:      &in.readValidation,
		PredicateValidation: &in.predicateValidation,
		FreshSnapshots:      &in.freshSnapshots,
	}[r]
}

// inForce returns the rules of a model without those that are switched off.
func inForce(m Model, off []Rule) (rules, error) {
	all := Rules(m)
	if all == nil {
		return rules{}, fmt.Errorf("unknown model %q; known are %s", m, join(Models()))
	}
	var in rules
	for _, r := range all {
		*in.rule(r) = !slices.Contains(off, r)
	}
	for _, r := range off {
		if !slices.Contains(all, r) {
			return rules{}, fmt.Errorf("the model %s has no rule %q to switch off; it has %s", m, r, join(all))
		}
	}
	return in, nil
}

func join[S ~string](names []S) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
