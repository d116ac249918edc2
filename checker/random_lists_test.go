package checker_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/history"
)

// randomLists is a small history of lists that no database need have produced: reads return mostly, but
// not always, what was there at some time.
type randomLists struct {
	randomHistory
	lists [][]randomElement
	next  int64
}

type randomElement struct {
	value int64
	txn   int
}

// drawLists draws a list-append history.
func drawLists(t *rapid.T) *history.History {
	seed := rapid.Uint64().Draw(t, "seed")
	r := &randomLists{randomHistory: randomHistory{rng: rand.New(rand.NewPCG(seed, 2)), h: &history.History{Closed: true}}}
	r.h.Header = history.Header{
		Format: history.FormatVersion, Traces: history.ListAppend,
		Tables: []history.Table{{Name: "lists", Columns: []history.Column{{Name: "elements", Type: history.Text}}}},
	}
	r.lists = make([][]randomElement, rapid.IntRange(1, 3).Draw(t, "keys"))
	clients := rapid.IntRange(2, 4).Draw(t, "clients")
	r.weird = float64(rapid.IntRange(0, 3).Draw(t, "weird")) * 0.1
	if rapid.IntRange(0, 9).Draw(t, "parts") == 0 {
		r.h.Header.Parts = 2
	}
	left := rapid.IntRange(2, 5).Draw(t, "transactions")
	for c := 1; c <= clients && left > 0; c++ {
		n := 1
		if left > clients-c+1 && r.chance(0.5) {
			n = 2
		}
		n = min(n, left)
		r.client(c, n, rapid.IntRange(1, 4).Draw(t, "operations"))
		left -= n
	}
	slices.SortStableFunc(r.events, func(a, b randomEvent) int { return cmp.Compare(a.at, b.at) })
	for _, e := range r.events {
		r.operate(e)
	}
	slices.SortStableFunc(r.h.Txns, func(a, b history.Transaction) int { return cmp.Compare(a.End, b.End) })
	return r.h
}

func (r *randomLists) operate(e randomEvent) {
	op := &r.h.Txns[e.txn].Ops[e.op]
	k := r.rng.IntN(len(r.lists))
	op.Key = int64(k + 1)
	if len(r.lists[k]) < 4 && r.chance(0.45) { // few: the reference tries every order
		r.next++
		op.Kind, op.Set = history.Append, []history.Assign{{Op: history.Concat, Value: history.IntValue(r.next)}}
		r.lists[k] = append(r.lists[k], randomElement{r.next, e.txn})
		return
	}
	op.Kind = history.Read
	if r.chance(0.1) {
		op.Lock = history.ForUpdate
	}
	list := r.look(e, k)
	if len(list) == 0 {
		return
	}
	var text []string
	for _, x := range list {
		text = append(text, fmt.Sprint(x.value))
	}
	op.Rows = []history.Row{{Key: op.Key, Values: []history.Value{history.TextValue(strings.Join(text, ","))}}}
}

// look returns a list as a read sees it: what is there of transactions that are not known to abort, or of the reader's own; or
// less, or more, or in another order.
func (r *randomLists) look(e randomEvent, k int) []randomElement {
	var list []randomElement
	for _, x := range r.lists[k] {
		if x.txn == e.txn || r.h.Txns[x.txn].Outcome == history.Committed || r.chance(r.weird/3) {
			list = append(list, x)
		}
	}
	own := slices.ContainsFunc(list, func(x randomElement) bool { return x.txn == e.txn })
	if len(list) > 0 && r.chance(0.3) && (!own || r.chance(r.weird)) {
		list = list[:r.rng.IntN(len(list)+1)]
	}
	switch i := r.rng.IntN(len(list) + 1); {
	case i+1 < len(list) && r.chance(r.weird/5):
		list[i], list[i+1] = list[i+1], list[i]
	case i < len(list) && r.chance(r.weird/10):
		list = slices.Delete(list, i, i+1)
	case r.chance(r.weird / 30):
		list = append(list, randomElement{value: r.rng.Int64N(12) + 1})
	}
	return list
}
