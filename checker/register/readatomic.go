package register

import "github.com/isocheck/isocheck/history"

// readAtomic yields the demands of read atomic. Biswas and Enea: if a
// transaction reads x from T1, and T2, which wrote x too, is one it reads from
// or, with session order, one before it in its session, then T2 comes before T1.
//
// As in AWDIT, of the transactions before in a session only the last that wrote x matters.
func (f *facts) readAtomic(y func(from, to, r int32)) {
	readOf := make([]int32, f.counts.Objects) // by object: the read of it, plus one, in the transaction at hand
	seen := make([]int32, f.n)                // by transaction: the last that read from it, plus one
	touched := make([]int32, 0, 64)
	for v := range int32(f.n) {
		low, high := f.readFrom[v], f.readFrom[v+1]
		if high-low < 2 {
			continue
		}
		for r := low; r < high; r++ {
			object := f.readObject[r]
			if readOf[object] == 0 {
				touched = append(touched, object)
			}
			readOf[object] = r + 1
		}
		for r := low; r < high; r++ {
			if from := f.readSource[r]; from >= 0 && seen[from] != v+1 {
				seen[from] = v + 1
				f.sawBefore(from, readOf, touched, y)
			}
		}
		for _, object := range touched {
			readOf[object] = 0
		}
		touched = touched[:0]
	}
}

// readAtomicSessions yields what read atomic demands because of session order.
func (f *facts) readAtomicSessions(y func(from, to, r int32)) {
	own := f.bySession()
	wrote := make([]int32, f.counts.Objects) // by object: the last in the session that wrote it, plus one
	var touched []int32
	for s := range own.size() {
		for _, v := range own.of(int32(s)) {
			for r := f.readFrom[v]; r < f.readFrom[v+1]; r++ {
				if from := wrote[f.readObject[r]] - 1; from >= 0 && from != f.readSource[r] {
					y(from, f.readSource[r], r)
				}
			}
			if f.ix.outcome[f.txn[v]] != history.Committed {
				continue // nothing comes after it
			}
			for _, object := range f.writeObject[f.writeFrom[v]:f.writeFrom[v+1]] {
				if wrote[object] == 0 {
					touched = append(touched, object)
				}
				wrote[object] = v + 1
			}
		}
		for _, object := range touched {
			wrote[object] = 0
		}
		touched = touched[:0]
	}
}

// bySession returns the transactions of each client, in their order; an
// indeterminate one stands after the one that its client ran before it.
func (f *facts) bySession() *digraph {
	root := make([]int32, f.n) // by transaction: the number of its client
	clients := int32(0)
	var all pairs
	for v, p := range f.prev {
		if p < 0 {
			root[v] = clients
			clients++
		} else {
			root[v] = root[p]
		}
		all.add(root[v], int32(v))
	}
	return all.graph(int(clients))
}
