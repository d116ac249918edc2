package formats_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/history"
)

// shape says what random histories are like.
type shape struct {
	aborted, indeterminate bool
	// serial runs one transaction after the other, so that everything holds; else
	// reads see any write there is.
	serial bool
}

// skeleton draws transactions with clients, numbers, times and outcomes, in the order in
// which they end, with no operations.
func skeleton(t *rapid.T, s shape) []history.Transaction {
	clients := rapid.IntRange(1, 4).Draw(t, "clients")
	clock, number := make([]int64, clients+1), make([]int, clients+1)
	var txns []history.Transaction
	for range rapid.IntRange(1, 12).Draw(t, "transactions") {
		c := rapid.IntRange(1, clients).Draw(t, "client")
		start := clock[c] + rapid.Int64Range(1, 5).Draw(t, "pause")
		end := start + rapid.Int64Range(0, 20).Draw(t, "takes")
		clock[c] = end
		number[c]++
		outcome := history.Committed
		switch draw := rapid.IntRange(0, 9).Draw(t, "outcome"); {
		case draw == 0 && s.aborted:
			outcome = history.Aborted
		case draw == 1 && s.indeterminate:
			outcome = history.Indeterminate
		}
		txns = append(txns, history.Transaction{Client: c, Number: number[c], Start: start, End: end, Outcome: outcome})
	}
	slices.SortStableFunc(txns, func(a, b history.Transaction) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.ID(), b.ID()))
	})
	return txns
}

// step is one operation to be.
type step struct {
	write bool
	key   int64
	value int64 // that is written
}

// plan draws the operations of all transactions. Each value is written to a key once.
func plan(t *rapid.T, txns []history.Transaction) [][]step {
	next := map[int64]int64{}
	steps := make([][]step, len(txns))
	for i := range txns {
		for range rapid.IntRange(1, 4).Draw(t, "operations") {
			s := step{write: rapid.Bool().Draw(t, "writes"), key: rapid.Int64Range(1, 3).Draw(t, "key")}
			if s.write {
				next[s.key]++
				s.value = next[s.key]
			}
			steps[i] = append(steps[i], s)
		}
	}
	return steps
}

func operation(t *history.Transaction, kind history.Kind, key int64) history.Op {
	return history.Op{Kind: kind, Key: key, Start: t.Start, End: t.End, Statement: -1}
}

// registerHistory draws a history of registers.
func registerHistory(t *rapid.T, s shape) *history.History {
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Traces: history.Registers,
		Tables: []history.Table{{Name: "registers", Columns: []history.Column{{Name: "value", Type: history.Int}}}},
	}}
	h.Txns = skeleton(t, s)
	steps := plan(t, h.Txns)
	written := map[int64][]int64{}
	for _, txn := range steps {
		for _, s := range txn {
			if s.write {
				written[s.key] = append(written[s.key], s.value)
			}
		}
	}
	current := map[int64]int64{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		own := map[int64]int64{}
		for _, st := range steps[i] {
			if st.write {
				op := operation(txn, history.Update, st.key)
				op.Set = []history.Assign{{Value: history.IntValue(st.value)}}
				txn.Ops = append(txn.Ops, op)
				own[st.key] = st.value
				continue
			}
			value, ours := own[st.key]
			switch {
			case ours:
			case s.serial:
				value = current[st.key]
			case len(written[st.key]) > 0 && rapid.IntRange(0, 3).Draw(t, "sees") > 0:
				value = rapid.SampledFrom(written[st.key]).Draw(t, "value")
			}
			op := operation(txn, history.Read, st.key)
			if value != 0 {
				op.Rows = []history.Row{{Key: st.key, Values: []history.Value{history.IntValue(value)}}}
			}
			txn.Ops = append(txn.Ops, op)
		}
		if txn.Outcome == history.Committed {
			for key, value := range own {
				current[key] = value
			}
		}
	}
	return h
}

// tracedHistory draws a history of traced rows of two tables, with reads of whole tables.
func tracedHistory(t *rapid.T, s shape) *history.History {
	column := []history.Column{{Name: "n", Type: history.Int}}
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Clients: 4, Tables: []history.Table{{Name: "a", Columns: column}, {Name: "b", Columns: column}},
	}}
	h.Txns = skeleton(t, s)
	type row struct{ table, key int64 }
	type state struct {
		version history.Version
		value   int64
	}
	current := map[row]state{}
	older := map[row][]state{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		own := map[row]state{}
		see := func(r row) state {
			if s, ours := own[r]; ours {
				return s
			}
			if past := older[r]; !s.serial && len(past) > 0 && rapid.IntRange(0, 3).Draw(t, "stale") == 0 {
				return rapid.SampledFrom(past).Draw(t, "version")
			}
			return current[r]
		}
		for n := range rapid.IntRange(1, 4).Draw(t, "operations") {
			r := row{rapid.Int64Range(0, 1).Draw(t, "table"), rapid.Int64Range(-1, 2).Draw(t, "key")}
			op := operation(txn, history.Read, r.key)
			op.Table = int(r.table)
			switch draw := rapid.IntRange(0, 5).Draw(t, "kind"); {
			case draw == 0:
				op.Kind, op.Key = history.ReadWhere, 0
				for key := int64(-1); key <= 2; key++ {
					if s := see(row{r.table, key}); s.version != 0 {
						op.Rows = append(op.Rows, history.Row{Key: key, Version: s.version, Values: []history.Value{history.IntValue(s.value)}})
					}
				}
			case draw < 3:
				if s := see(r); s.version != 0 {
					op.Rows = []history.Row{{Key: r.key, Version: s.version, Values: []history.Value{history.IntValue(s.value)}}}
				}
			default:
				base := current[r]
				if s, ours := own[r]; ours {
					base = s
				}
				op.Kind = history.Update
				if base.version == 0 {
					op.Kind = history.Insert
				}
				next := state{txn.ID().Version(n), int64(100*i + n)}
				op.Set = []history.Assign{{Value: history.IntValue(next.value)}}
				op.Rows = []history.Row{{Key: r.key, Version: next.version, Previous: base.version}}
				own[r] = next
			}
			txn.Ops = append(txn.Ops, op)
		}
		if txn.Outcome == history.Committed {
			for r, s := range own {
				older[r] = append(older[r], current[r])
				current[r] = s
			}
		}
	}
	return h
}

// listHistory draws a history of lists. Most reads see a prefix of what was appended.
func listHistory(t *rapid.T, s shape) *history.History {
	h := &history.History{Closed: true, Header: history.Header{
		Format: history.FormatVersion, Traces: history.ListAppend,
		Tables: []history.Table{{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}}},
	}}
	h.Txns = skeleton(t, s)
	steps := plan(t, h.Txns)
	lists := map[int64][]string{}
	for i := range h.Txns {
		for _, st := range steps[i] {
			if st.write && h.Txns[i].Outcome == history.Committed {
				lists[st.key] = append(lists[st.key], strconv.FormatInt(st.value, 10))
			}
		}
	}
	length := map[int64]int{}
	for i := range h.Txns {
		txn := &h.Txns[i]
		own := map[int64]int{}
		for _, st := range steps[i] {
			if st.write {
				op := operation(txn, history.Append, st.key)
				op.Set = []history.Assign{{Op: history.Concat, Value: history.IntValue(st.value)}}
				txn.Ops = append(txn.Ops, op)
				own[st.key]++
				continue
			}
			list := lists[st.key]
			n := length[st.key] + own[st.key]
			if !s.serial {
				n = rapid.IntRange(0, len(list)).Draw(t, "length")
			}
			op := operation(txn, history.Read, st.key)
			if n = min(n, len(list)); n > 0 {
				op.Rows = []history.Row{{Key: st.key, Values: []history.Value{history.TextValue(strings.Join(list[:n], ","))}}}
			}
			txn.Ops = append(txn.Ops, op)
		}
		if txn.Outcome == history.Committed {
			for key, n := range own {
				length[key] += n
			}
		}
	}
	return h
}
