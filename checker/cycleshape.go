package checker

// cycleShape is what the name of a cycle follows from.
type cycleShape struct {
	anti, reads int  // how many anti-dependencies and read dependencies it has
	adjacent    bool // two anti-dependencies follow each other
	predicate   bool // it has a predicate edge …
	missed      bool // … which is an anti-dependency
	ordered     bool // it needs session or real-time order
}

func shapeOfCycle(edges []edge) cycleShape {
	c := cycleShape{adjacent: len(edges) > 1 && adjacentAntiDependencies(edges)}
	for _, e := range edges {
		switch {
		case e.kind&antiDependencies != 0:
			c.anti++
		case e.kind&(wr|predicateWR) != 0:
			c.reads++
		}
		c.predicate = c.predicate || e.kind&(predicateRW|predicateWR) != 0
		c.missed = c.missed || e.kind == predicateRW
		c.ordered = c.ordered || e.kind&orders != 0
	}
	return c
}

// nameCycle returns what a cycle of dependencies is called. The class follows from
// its anti-dependencies (Adya's thesis): none is G0 or G1c, one is G-single, two or more of
// which no two adjacent are G-nonadjacent, others are G2-item or, with a predicate, G2.
func nameCycle(ix *index, edges []edge) AnomalyID {
	c := shapeOfCycle(edges)
	switch {
	case c.dirtyWrite():
		return DirtyWrite
	case c.circularFlow():
		return CircularFlow
	case c.anti == 1:
		return c.readSkew(ix, edges)
	case c.longFork():
		return LongFork
	}
	return c.writeSkew()
}
