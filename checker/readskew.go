package checker

// Read skew, A5A of Berenson et al. and G-single of Adya's thesis: a cycle with exactly one anti-dependency, which means that a
// transaction saw a part of the world before another's changes and a part after them. Consistent view, PL-2+, rules it out. The
// smallest history is testdata/scenarios/read-skew.txt:
//
//	T1 reads x    T2 writes x and y, and commits    T1 reads T2's y
//
// Over one object only it has other names: lost update, non-repeatable read; by a predicate, phantom. Its variants are
// closed by session or real-time order: a stale read (testdata/scenarios/read-skew-session.txt,
// testdata/scenarios/read-skew-real-time.txt).
func (c *cycleShape) readSkew(ix *index, edges []edge) AnomalyID {
	switch {
	case c.ordered:
		return ReadSkew
	case c.predicate:
		return Phantom
	}
	object, reads := ix.writes[edges[0].write].object, 0
	for _, e := range edges {
		if e.write < 0 || ix.writes[e.write].object != object {
			return ReadSkew
		}
		if e.kind == wr {
			reads++
		}
	}
	last := edges[len(edges)-1].kind
	switch {
	case edges[0].kind != rw:
		return ReadSkew
	case reads == 0:
		return nameLostUpdate(&ix.reads[edges[0].read])
	case reads == 1 && last == wr:
		return NonRepeatableRead
	}
	return ReadSkew
}
