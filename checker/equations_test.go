package checker

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/isocheck/isocheck/databases/memory"
)

// The births that are found by solving equations are those that going through every version gives,
// and no version is looked at once for each of many predicates.
func TestEquations(t *testing.T) {
	for _, tt := range []struct {
		name   string
		model  memory.Model
		values int
	}{
		{"few values", memory.ReadUncommitted, 3},
		{"some values", memory.ReadCommitted, 40},
		{"more values than rows", memory.Serializable, 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := memory.Config{Kind: memory.Traced, Model: tt.model, Seed: 7, Txns: 3000, Mix: memory.MixOfAll(), Values: tt.values, AbortShare: 0.1}
			ix, err := load(context.Background(), c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			chains := buildChains(ix)
			values := computeValues(ix, chains)
			solved, born := 0, 0
			for n := range ix.predicates {
				p := &ix.predicates[n]
				q, ok := p.equation()
				if !ok {
					continue
				}
				var want []birth
				for object := range chains.first {
					if p.covers(ix, int32(object)) {
						want = chains.birthsOf(chains.chain(int32(object), nil), p, values, want)
					}
				}
				got := chains.births(p, values)
				byWrite := func(a, b birth) int { return cmp.Compare(a.write, b.write) }
				slices.SortFunc(got, byWrite)
				slices.SortFunc(want, byWrite)
				if !slices.Equal(got, want) {
					t.Errorf("predicate %v: births %v, want %v", p.where, got, want)
				}
				born += len(want)
				solved += len(chains.solved(values).solutions[q])
			}
			if columns := len(ix.header.Tables[0].Columns); solved > columns*len(ix.writes) || born == 0 {
				t.Errorf("%d predicates have %d births, and for them %d versions are looked at, of %d", len(ix.predicates), born, solved, len(ix.writes))
			}
		})
	}
}

// The earliest of some writes is the one that going through them finds.
func TestLeastSent(t *testing.T) {
	ix := newIndex(memory.Config{Kind: memory.Traced}.Header())
	c := &chains{ix: ix}
	var writes []int32
	seed := uint64(1)
	for n := range int32(200) {
		seed = mix(seed)
		ix.start, ix.ops, ix.opFrom = append(ix.start, int64(seed%1000)), append(ix.ops, opTime{}), append(ix.opFrom, n+1)
		ix.writes = append(ix.writes, write{txn: n})
		writes = append(writes, n)
	}
	for _, size := range []int{0, 1, leafWrites - 1, leafWrites, leafWrites + 1, 3 * leafWrites, 5*leafWrites + 3, 200} {
		least := newLeastSent(c, writes[:size])
		for from := range int32(size) + 1 {
			for to := from; to <= int32(size); to++ {
				if got, want := least.between(from, to), least.one(int(from), int(to)); got != want {
					t.Fatalf("from %d up to %d of %d: %d, want %d", from, to, size, got, want)
				}
			}
		}
	}
}
