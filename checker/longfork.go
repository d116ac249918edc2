package checker

// Long fork, G-nonadjacent: a cycle of two or more anti-dependencies of which no two follow each other. Snapshot isolation is
// that every cycle has two which do (Cerone and Gotsman, Analysing Snapshot Isolation, 2016, theorem 10); parallel snapshot isolation
// allows the long fork (Sovran et al., Transactional Storage for Geo-replicated Systems, 2011). The smallest
// history is testdata/scenarios/long-fork.txt:
//
//	T1 writes x    T2 writes y    T3 reads T1's x, and y before T2    T4 reads T2's y, and x before T1
//
// Its variants are closed by session or real-time order (testdata/scenarios/long-fork-session.txt,
// testdata/scenarios/long-fork-real-time.txt).
func (c *cycleShape) longFork() bool { return c.anti > 1 && !c.adjacent }

// adjacentAntiDependencies reports whether two anti-dependencies follow each other in a cycle.
func adjacentAntiDependencies(edges []edge) bool {
	for i, e := range edges {
		if e.kind&antiDependencies != 0 && edges[(i+1)%len(edges)].kind&antiDependencies != 0 {
			return true
		}
	}
	return false
}
