package checker

import "slices"

// instance is one anomaly that was found: its transactions and the edges that
// prove it. Where it is a cycle, edges are in the order of the cycle, each from the
// transaction where the one before it ends.
type instance struct {
	id        AnomalyID
	edges     []edge
	violation bool
	// open says that which version was seen is open: that some predicate anti-dependency closes a
	// cycle is certain, the edges are its most innocent reading.
	open bool
	at   int64 // when the last of its transactions ended
	// lost is, of a lost update, how much of another's change it undid, and in
	// which object.
	lost   int64
	object int32
}

// tally counts the instances of one anomaly and keeps a few.
type tally struct {
	count, violations int
	atLeast           bool
	times             []int64
	kept              []instance
}

// tallies counts anomalies by kind.
type tallies struct {
	by    map[AnomalyID]*tally
	keep  int
	rules *rules
	// breaks says which anomaly has an instance that breaks which model.
	breaks map[anomalyModel]bool
	shapes map[shape]bool     // the shapes that breaks has taken in
	note   func(in *instance) // is told every instance, if there is one who wants to know
}

type anomalyModel struct {
	anomaly AnomalyID
	model   Model
}

func (ts *tallies) of(id AnomalyID) *tally {
	t := ts.by[id]
	if t == nil {
		t = &tally{}
		ts.by[id] = t
	}
	return t
}

// mostTimes bounds how many instants are kept of one anomaly, for plots.
const mostTimes = 1 << 20

// add counts an instance, and keeps it if it is among the best: violations
// before others, then short ones, then early ones.
func (ts *tallies) add(in instance) {
	if ts.note != nil {
		ts.note(&in)
	}
	if s := ts.rules.shapeOf(&in); !ts.shapes[s] {
		ts.shapes[s] = true
		for _, m := range Models() {
			if s.breaks(m) {
				ts.breaks[anomalyModel{in.id, m}] = true
			}
		}
	}
	in.violation = ts.rules.violates(&in)
	t := ts.of(in.id)
	t.count++
	if in.violation {
		t.violations++
	}
	if len(t.times) < mostTimes {
		t.times = append(t.times, in.at)
	}
	at, _ := slices.BinarySearchFunc(t.kept, in, compareInstances)
	if at == ts.keep {
		return
	}
	if len(t.kept) == ts.keep {
		t.kept = t.kept[:ts.keep-1]
	}
	t.kept = slices.Insert(t.kept, at, in)
}

func compareInstances(a, b instance) int {
	if a.violation != b.violation {
		if a.violation {
			return -1
		}
		return 1
	}
	if d := len(a.edges) - len(b.edges); d != 0 {
		return d
	}
	if a.at < b.at {
		return -1
	}
	return 1
}
