// Package register checks histories of read-write registers: every value is
// written to an object once, so that a value read names the write it came from, but
// nobody recorded in which order the writes of one object took effect.
//
//	Add ─► Index ─► facts ─► weak models: constraints on the commit order
//	       raw      live,            (saturate.go, atomicview.go, readatomic.go, causal.go)
//	       arrays   ranked   ─► strong models: guess a version order and verify it,
//	                            else learn from its cycles (guess.go, search.go, solver.go)
//
// What a history must keep is defined as by Biswas and Enea (On the Complexity of
// Checking Transactional Consistency, OOPSLA 2019): there is a commit order,
// a total order of the transactions that includes session order and every write-read
// dependency, such that no read could have seen a later write than it did. For the
// weak models, which later writes a read could have seen does not depend on the commit
// order itself; so every constraint that an axiom puts on the commit order can be
// written down, and the model holds exactly if the constraints have no cycle.
// The algorithms are those of AWDIT (Møldrup and Pavlogiannis, AWDIT: An Optimal Weak
// Database Isolation Tester, PLDI 2025).
//
// For serializability and snapshot isolation the question is NP-complete. There the
// checker guesses a version order, from the times at which transactions ended or from
// their order in the file, and looks for cycles in the dependency graph (Adya's thesis,
// 1999; Cerone and Gotsman, Analysing Snapshot Isolation, 2016). No cycle is a proof.
// Each cycle is a set of assumptions about pairs of writes that cannot all be true: a clause for a small
// solver, whose next solution is the next guess. When no solution is left the
// model fails, and the clauses that it took are the witness. This is the lazy
// combination of PolySI (Huang et al., Efficient Black-box Checking of Snapshot
// Isolation in Databases, VLDB 2023) and of Cobra (Tan et al., Cobra: Making
// Transactional Key-Value Stores Verifiably Serializable, OSDI 2020) turned around: nothing
// is encoded that a guess does not run into.
//
// Transactions are ranked so that almost all edges lead forward; every cycle lies
// inside a maximal run of overlapping backward edges, and only such windows are
// ever laid out as a graph.
//
// Aborted transactions are no part of what is checked, nor are indeterminate ones
// that no other transaction saw: whether they committed makes no difference
// to the others.
package register
