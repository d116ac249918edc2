// Package checker proves from a history which anomalies happened in it, and holds
// them against what is expected.
//
// Check is the whole API for most; the types in findings.go are what it returns, and CutOut makes
// a small history of its own of a witness. Data
// passes through the package in one direction:
//
//	history ─► index ─► chains ─► values ─► direct ─────────────► tallies ─► Findings
//	           dense    version   columns   anomalies of one          ▲
//	           arrays   order     by        transaction               │
//	                              version                             │
//	                       └────► edges ─► windows ─► graph ─► cycles ┘
//	                              ww wr rw  where      one      shortest
//	                              and by    cycles     component cycles
//	                              predicate can be     each     and names
//
// The version order of every object is known, because each write recorded the version
// that it replaced (traced rows; see package history). So the dependency graph
// of Adya's thesis is exact, and each model is the acyclicity of a graph that is linear in the
// history. Transactions are numbered by when they ended; every cycle has an edge
// that leads back in that order, and only the windows under such edges are searched.
//
// What is not known is left out, so that every anomaly reported is certain: a read
// that found no row may have seen any version that was unborn or dead, a scan that
// missed a row any version that did not match, and only edges that every such reading
// has in common are drawn. The bound used is that a version cannot be seen before
// its write was sent.
//
// A history can be checked while it is being written: Check reads a source of history.Follow until the
// writer is done, builds the index as transactions come, tells a Watch what it has seen so far, and
// has little left to do at the end. checker/internal/figures measures how fast all this is.
//
// Aborted transactions are no part of the graph. Transactions with indeterminate
// outcome are if a committed one saw or overwrote what they wrote.
package checker
