package checker

// Dirty write, G0 of Adya's thesis: a cycle of write dependencies only (and P0 of Berenson et al., which
// also forbids what only could have become one). Read uncommitted, PL-1, rules it out. The
// smallest history is testdata/scenarios/dirty-write.txt:
//
//	T1 writes x    T2 overwrites x    T2 writes y    T1 overwrites y
//
// Its variants are closed by session or real-time order: a later transaction's write came before an earlier one's
// (testdata/scenarios/dirty-write-session.txt, testdata/scenarios/dirty-write-real-time.txt).
func (c *cycleShape) dirtyWrite() bool { return c.anti == 0 && c.reads == 0 }
