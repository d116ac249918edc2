package checker

// Circular information flow, G1c of Adya's thesis: a cycle of dependencies, one of which at least is a
// read. Read committed, PL-2, rules it out. The smallest history is testdata/scenarios/circular-flow.txt:
//
//	T1 writes x    T2 writes y    T1 reads T2's y    T2 reads T1's x
//
// Its variants are closed by session or real-time order: a transaction read what a later one wrote
// (testdata/scenarios/circular-flow-session.txt, testdata/scenarios/circular-flow-real-time.txt).
func (c *cycleShape) circularFlow() bool { return c.anti == 0 && c.reads > 0 }
