package register

import (
	"cmp"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// rank numbers the transactions that took effect: by when they ended, where
// that is known, else in the order in which they were added; and where session order or a
// write-read dependency speaks against that, in the nearest order that it allows.
func (f *facts) rank(live []bool) {
	ix := f.ix
	f.timed = true
	for t := range ix.id {
		if live[t] {
			f.txn = append(f.txn, int32(t))
			f.timed = f.timed && ix.end[t] != 0
		}
	}
	f.n, f.counts.Live = len(f.txn), len(f.txn)
	if f.timed {
		byEnd := func(a, b int32) int { return cmp.Compare(ix.end[a], ix.end[b]) }
		if !slices.IsSortedFunc(f.txn, byEnd) {
			slices.SortStableFunc(f.txn, byEnd)
		}
	}
	f.clock = f.clock && f.timed
	f.number()
	prev := f.sessionOrder()
	if f.forward = f.leadsForward(prev); !f.forward {
		f.forward = f.sortTopologically(prev)
		f.number()
	}
	f.prev = make([]int32, f.n)
	for i, t := range f.txn {
		f.prev[i] = -1
		if prev[t] >= 0 {
			f.prev[i] = f.node[prev[t]]
		}
	}
	f.numberSessions()
}

// number sets node to the inverse of txn.
func (f *facts) number() {
	if f.node == nil {
		f.node = make([]int32, len(f.ix.id))
	}
	for t := range f.node {
		f.node[t] = -1
	}
	for i, t := range f.txn {
		f.node[t] = int32(i)
	}
}

// sessionOrder returns, by number in the index, the transaction before in the
// same session, -1 if none. Nothing comes after an indeterminate one.
func (f *facts) sessionOrder() []int32 {
	ix := f.ix
	prev := make([]int32, len(ix.id))
	last := map[int]int32{} // by client
	sorted := true
	link := func(t int32) {
		client := ix.id[t].Client()
		before, ok := last[client]
		if !ok {
			before = -1
		} else if ix.id[before].Number() > ix.id[t].Number() {
			sorted = false
		}
		prev[t] = before
		if ix.outcome[t] == history.Committed {
			last[client] = t
		}
	}
	for t, n := range f.node {
		if n >= 0 {
			link(int32(t))
		}
	}
	if sorted {
		return prev
	}
	clear(last)
	all := slices.Clone(f.txn)
	slices.SortFunc(all, func(a, b int32) int { return cmp.Compare(ix.id[a], ix.id[b]) })
	for _, t := range all {
		link(t)
	}
	return prev
}

func (f *facts) leadsForward(prev []int32) bool {
	ix := f.ix
	for i, t := range f.txn {
		if prev[t] >= 0 && f.node[prev[t]] > int32(i) {
			return false
		}
		for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
			if w := ix.readSource[r]; w >= 0 && f.node[ix.writeTxn[w]] > int32(i) {
				return false
			}
		}
	}
	return true
}

// sortTopologically sorts the transactions so that session order and
// write-read dependencies lead forward (Kahn, Topological sorting of large networks,
// 1962). Of those that may come next it takes the one that ended first; without
// times, the one that comes first in its session: clients make progress at about the same
// speed. It is false if there is a cycle.
func (f *facts) sortTopologically(prev []int32) bool {
	var links pairs
	key := make([]int64, f.n)
	for i, t := range f.txn {
		if p := prev[t]; p >= 0 {
			links.add(f.node[p], int32(i))
		}
		for r := f.ix.readFrom[t]; r < f.ix.readFrom[t+1]; r++ {
			if w := f.ix.readSource[r]; w >= 0 {
				links.add(f.node[f.ix.writeTxn[w]], int32(i))
			}
		}
		key[i] = int64(i)
		if !f.timed {
			key[i] += int64(f.ix.id[t].Number()) << 31
		}
	}
	g := links.graph(f.n)
	in := make([]int32, f.n)
	for _, to := range g.to {
		in[to]++
	}
	ready := &keyHeap{key: key}
	for v, count := range in {
		if count == 0 {
			ready.push(int32(v))
		}
	}
	order := make([]int32, 0, f.n)
	for len(ready.items) > 0 {
		v := ready.pop()
		order = append(order, f.txn[v])
		in[v] = -1
		for _, to := range g.of(v) {
			if in[to]--; in[to] == 0 {
				ready.push(to)
			}
		}
	}
	acyclic := len(order) == f.n
	for v, count := range in {
		if count > 0 {
			order = append(order, f.txn[v])
		}
	}
	f.txn = order
	return acyclic
}

// numberSessions numbers sessions and places in them. A number in the order of
// nodes is enough, since prev leads to lower ones unless there is a cycle.
func (f *facts) numberSessions() {
	f.session, f.place = make([]int32, f.n), make([]int32, f.n)
	if !f.forward {
		return // only causal consistency needs them, and it fails
	}
	for v, p := range f.prev {
		if p >= 0 && f.ix.outcome[f.txn[v]] == history.Committed {
			f.session[v], f.place[v] = f.session[p], f.place[p]+1
			continue
		}
		f.session[v], f.place[v] = int32(f.sessions), 1
		f.sessions++
	}
}

// layOut copies reads and writes into the order of the transactions' numbers.
func (f *facts) layOut() {
	ix := f.ix
	f.readFrom, f.writeFrom = make([]int32, f.n+1), make([]int32, f.n+1)
	reads, writes := 0, 0
	for _, t := range f.txn {
		for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
			if ix.readSource[r] != unknown {
				reads++
			}
		}
		writes += int(ix.writeFrom[t+1] - ix.writeFrom[t])
	}
	f.readObject, f.readSource, f.readOp = make([]int32, 0, reads), make([]int32, 0, reads), make([]uint16, 0, reads)
	f.writeObject, f.writeOp = make([]int32, 0, writes), make([]uint16, 0, writes)
	if len(ix.writeEnd) > 0 {
		f.writeEnd = make([]int64, 0, writes)
	}
	var packed []uint64 // object, and which of the transaction's writes
	for i, t := range f.txn {
		for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
			source := ix.readSource[r]
			if source == unknown {
				continue
			}
			if source >= 0 {
				source = f.node[ix.writeTxn[source]]
			}
			f.readObject, f.readSource, f.readOp = append(f.readObject, ix.readObject[r]), append(f.readSource, source), append(f.readOp, ix.readOp[r])
		}
		packed = packed[:0]
		for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
			if ix.writeFlags[w]&(replaced|failed) == 0 {
				packed = append(packed, uint64(ix.writeObject[w])<<16|uint64(w-ix.writeFrom[t]))
			}
		}
		slices.Sort(packed)
		for _, p := range packed {
			w := ix.writeFrom[t] + int32(uint16(p))
			f.writeObject, f.writeOp = append(f.writeObject, int32(p>>16)), append(f.writeOp, ix.writeOp[w])
			if f.writeEnd != nil {
				f.writeEnd = append(f.writeEnd, ix.writeEnd[w])
			}
		}
		f.readFrom[i+1], f.writeFrom[i+1] = int32(len(f.readObject)), int32(len(f.writeObject))
	}
	f.counts.Objects, f.counts.Reads, f.counts.Writes = len(ix.objects.key), len(f.readObject), len(f.writeObject)
}

// write returns transaction t's write of the object, -1 if it did not write it.
func (f *facts) write(t, object int32) int32 {
	from := f.writeFrom[t]
	i, found := slices.BinarySearch(f.writeObject[from:f.writeFrom[t+1]], object)
	if !found {
		return -1
	}
	return from + int32(i)
}
