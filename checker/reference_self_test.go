package checker_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
)

// The reference's two ways to say what is serializable, and what keeps snapshot isolation, agree.
func TestReferenceAgreesWithItself(t *testing.T) {
	soak(t, "1500", "100000")
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(drawHistory(t))
		if w.contradictory() {
			return
		}
		w.readings(20, func(r *reading) {
			g := r.graph()
			if g.has(flawPL1) || g.dirty() {
				return // these are not about orders of transactions
			}
			if graph, orders := g.keeps(checker.Serializable), r.serializable(); graph != orders {
				t.Fatalf("serializable: by the graph %t, by trying all orders %t\n%s", graph, orders, formatHistory(w.h))
			}
			if graph, instants := g.keeps(checker.SnapshotIsolation), r.snapshots(); graph != instants {
				t.Fatalf("snapshot isolation: by the graph %t, by trying all instants %t\n%s", graph, instants, formatHistory(w.h))
			}
		})
	})
}
