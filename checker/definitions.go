package checker

import (
	"fmt"
	"strings"
)

// definition says what one kind of anomaly is.
type definition struct {
	id                 AnomalyID
	class, name        string
	definition, source string
	exercised          func(*exercise) bool
}

const (
	adya     = "Adya, Weak Consistency: A Generalized Theory and Optimistic Implementations for Distributed Transactions (1999)"
	berenson = "Berenson et al., A Critique of ANSI SQL Isolation Levels (1995)"
	bailis   = "Bailis et al., Highly Available Transactions: Virtues and Limitations (2013)"
	cerone   = "Cerone and Gotsman, Analysing Snapshot Isolation (2016)"
)

// definitions returns what every anomaly is, worst first.
func definitions() []definition {
	return []definition{
		{
			DirtyWrite, "G0", "dirty write",
			"Transactions overwrote each other's rows in a circle, so that neither's writes came wholly after the other's.",
			adya, func(e *exercise) bool { return e.writesSeveral || e.overwritesItself },
		},
		{
			IncompatibleVersions, "—", "incompatible versions",
			"Two transactions replaced the same version of a row, and both committed, or a list has twice what was appended once: the row has no single version order.",
			adya, func(e *exercise) bool { return e.writes },
		},
		{
			LostCommit, "—", "lost commit",
			"The server acknowledged a commit, and later what was committed was gone though nobody had overwritten it.",
			"Härder and Reuter, Principles of Transaction-Oriented Database Recovery (1983), durability", func(e *exercise) bool { return e.writes },
		},
		{
			GarbageRead, "—", "garbage read",
			"A transaction read a version, or values, that nobody wrote.",
			"Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from Experimental Observations (2020)", func(e *exercise) bool { return e.reads },
		},
		{
			FutureRead, "—", "future read",
			"A read had its answer before the write that it saw was sent.",
			adya, func(e *exercise) bool { return e.reads && e.writes },
		},
		{
			InternalRead, "—", "internal inconsistency",
			"A transaction did not see its own latest write of a row, or saw what came of one that it made only later.",
			"Cerone, Bernardi and Gotsman, A Framework for Transactional Consistency Models with Atomic Visibility (2015), INT", func(e *exercise) bool { return e.reads && e.writes },
		},
		{
			DirtyRead, "G1a", "dirty read (aborted read)",
			"A committed transaction read what a transaction had written that aborted.",
			adya, func(e *exercise) bool { return e.reads && e.abortedWrites },
		},
		{
			NonDurableRead, "—", "non-durable read",
			"A committed transaction read what another had written, whose commit was not acknowledged before a crash undid it.",
			adya + ", G1a, with a crash in the place of the abort", func(e *exercise) bool { return e.reads && e.indeterminate > 0 },
		},
		{
			DirtyUpdate, "—", "dirty update",
			"A committed transaction overwrote a version whose transaction aborted, so that the abort came too late.",
			"Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from Experimental Observations (2020)", func(e *exercise) bool { return e.writes && e.abortedWrites },
		},
		{
			IntermediateRead, "G1b", "intermediate read",
			"A committed transaction read a version that its writer replaced before it committed.",
			adya, func(e *exercise) bool { return e.reads && e.overwritesItself },
		},
		{
			CircularFlow, "G1c", "circular information flow",
			"Transactions overwrote or read each other's writes in a circle.",
			adya, func(e *exercise) bool { return e.reads && e.writes },
		},
		{
			FracturedRead, "OTV", "fractured read",
			"A transaction saw a part of another's writes, and afterwards missed another part of them.",
			bailis, func(e *exercise) bool { return e.readsSeveral && e.writesSeveral },
		},
		{
			CursorLostUpdate, "G-cursor", "cursor lost update",
			"A transaction locked a row as it read it, another overwrote the row, and the first overwrote that without having seen it.",
			adya + ", PL-CS", func(e *exercise) bool { return e.updatesWhatItLocked },
		},
		{
			LostUpdate, "P4", "lost update",
			"A transaction read a row, another overwrote the row, and the first overwrote that without having seen it.",
			berenson + ", P4; a G-single cycle on one object", func(e *exercise) bool { return e.updatesWhatItRead },
		},
		{
			NonRepeatableRead, "P2", "non-repeatable read",
			"A transaction read a row twice and got two versions, neither of them its own.",
			berenson + ", P2; a G-single cycle on one object", func(e *exercise) bool { return e.readsTwice },
		},
		{
			Phantom, "P3", "phantom",
			"A transaction read by a predicate, and another changed which rows match, which the first saw in part.",
			berenson + ", P3; a G-single cycle with a predicate edge", func(e *exercise) bool { return e.scansTwice },
		},
		{
			ReadSkew, "G-single", "read skew",
			"A transaction saw one row before another transaction's changes, and another row after them.",
			berenson + ", A5A; " + adya + ", G-single", func(e *exercise) bool { return e.readsSeveral || e.readsThenWrites },
		},
		{
			LongFork, "G-nonadjacent", "long fork",
			"A cycle in which no two anti-dependencies follow each other: two readers saw two changes in opposite orders.",
			cerone + "; Sovran et al., Transactional Storage for Geo-replicated Systems (2011)", func(e *exercise) bool { return e.readsSeveral },
		},
		{
			WriteSkew, "G2-item", "write skew",
			"Transactions each read what another then overwrote, so that no serial order explains them.",
			berenson + ", A5B; " + adya + ", G2-item", func(e *exercise) bool { return e.readsThenWrites },
		},
		{
			PredicateWriteSkew, "G2", "predicate write skew",
			"Write skew in which a transaction missed a row that another made match its predicate.",
			adya + ", G2", func(e *exercise) bool { return e.scansThenWrites },
		},
	}
}

// define returns what an anomaly, or a variant of it, is.
func define(id AnomalyID) definition {
	base := baseAnomaly(id)
	for _, d := range definitions() {
		if d.id != base {
			continue
		}
		if id != base {
			d.id = id
			order := "session order"
			if strings.HasSuffix(string(id), string(realTimeSuffix)) {
				order = "real-time order"
			}
			d.class += strings.TrimPrefix(string(id), string(base))
			d.name += " against " + order
			d.definition += " The circle is closed by " + order + "."
		}
		return d
	}
	return definition{id: id, name: string(id)}
}

// AnomalyIDs returns every anomaly that can be found, worst first, variants with
// session and real-time order last.
func AnomalyIDs() []AnomalyID {
	var ids []AnomalyID
	for _, d := range definitions() {
		ids = append(ids, d.id)
	}
	for _, suffix := range []AnomalyID{sessionSuffix, realTimeSuffix} {
		for _, id := range cyclic() {
			ids = append(ids, id+suffix)
		}
	}
	return ids
}

// ParseAnomaly returns the anomaly of that name.
func ParseAnomaly(name string) (AnomalyID, error) {
	var known []string
	for _, id := range AnomalyIDs() {
		if string(id) == name {
			return id, nil
		}
		known = append(known, string(id))
	}
	return "", fmt.Errorf("unknown anomaly %q; known are %s", name, strings.Join(known, ", "))
}
