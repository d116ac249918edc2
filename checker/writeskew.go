package checker

// Write skew, G2-item of Adya's thesis and A5B of Berenson et al.: a cycle with two anti-dependencies that follow
// each other. Snapshot isolation allows it, repeatable read (PL-2.99) and serializability do not. The smallest history is
// testdata/scenarios/write-skew.txt:
//
//	T1 reads x and y    T2 reads x and y    T1 writes x    T2 writes y
//
// Predicate write skew, G2: one of the anti-dependencies is that a transaction missed a row which another made match its
// predicate. Only serializability, PL-3, rules it out. The smallest history is testdata/scenarios/predicate-write-skew.txt:
//
//	T1 looks for rows of group 7 and finds none    T2 does too    T1 inserts x into group 7    T2 inserts y
//
// Their variants are closed by session or real-time order (testdata/scenarios/write-skew-session.txt,
// testdata/scenarios/write-skew-real-time.txt, testdata/scenarios/predicate-write-skew-session.txt,
// testdata/scenarios/predicate-write-skew-real-time.txt).
func (c *cycleShape) writeSkew() AnomalyID {
	if c.missed {
		return PredicateWriteSkew
	}
	return WriteSkew
}
