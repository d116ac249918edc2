package checker

// AnomalyID names one kind of anomaly in flags, files and links: "lost-update".
type AnomalyID string

// The anomalies, worst first.
const (
	DirtyWrite           AnomalyID = "dirty-write"            // G0
	IncompatibleVersions AnomalyID = "incompatible-versions"  // two versions replaced the same one, or one is there twice
	LostCommit           AnomalyID = "lost-commit"            // acknowledged, and gone
	GarbageRead          AnomalyID = "garbage-read"           // a version, or a value, nobody wrote
	FutureRead           AnomalyID = "future-read"            // read before its write was sent
	InternalRead         AnomalyID = "internal-inconsistency" // a transaction does not see its own write
	DirtyRead            AnomalyID = "dirty-read"             // G1a
	NonDurableRead       AnomalyID = "non-durable-read"       // of a commit that a crash undid
	DirtyUpdate          AnomalyID = "dirty-update"           // an aborted version was overwritten
	IntermediateRead     AnomalyID = "intermediate-read"      // G1b
	CircularFlow         AnomalyID = "circular-flow"          // G1c
	FracturedRead        AnomalyID = "fractured-read"         // monotonic atomic view broken (OTV)
	CursorLostUpdate     AnomalyID = "cursor-lost-update"     // G-cursor: of a row read under a lock
	LostUpdate           AnomalyID = "lost-update"            // P4, G-single: rw then ww on one object
	NonRepeatableRead    AnomalyID = "non-repeatable-read"    // P2, G-single: rw then wr on one object
	Phantom              AnomalyID = "phantom"                // P3, G-single with a predicate edge
	ReadSkew             AnomalyID = "read-skew"              // A5A, G-single over several objects
	LongFork             AnomalyID = "long-fork"              // G-nonadjacent
	WriteSkew            AnomalyID = "write-skew"             // A5B, G2-item
	PredicateWriteSkew   AnomalyID = "predicate-write-skew"   // G2 with a predicate edge
)
