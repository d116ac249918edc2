package register

// writers is, for every object, a list of the transactions that wrote it for each
// session that did, in the order of the session.
type writers struct {
	f        *facts
	listFrom []int32 // object x's lists are those from listFrom[x] up to listFrom[x+1]
	lists    []sessionWrites
	from     []int32 // list l's members are those from from[l] up to from[l+1]
	member   []int32 // transactions
	place    []int32 // by member: its place in its session
	listOf   []int32 // by write, as facts number them: its list
	done     []int32 // by list: how many members were visited so far
}

// sessionWrites says of the writes of one object in one session at what place in
// the session the last visited one is, 0 while there is none.
type sessionWrites struct{ session, last int32 }

func newWriters(f *facts) *writers {
	w := &writers{f: f, listOf: make([]int32, len(f.writeObject))}
	// A stable sort of the writes by object, of writes that are already sorted by session.
	var all pairs
	var writes []int32
	sessions := f.inSessions()
	all.from, all.to = make([]int32, 0, len(f.writeObject)), make([]int32, 0, len(f.writeObject))
	writes = make([]int32, 0, len(f.writeObject))
	for s := range sessions.size() {
		for _, v := range sessions.of(int32(s)) {
			for n := f.writeFrom[v]; n < f.writeFrom[v+1]; n++ {
				all.add(f.writeObject[n], v)
				writes = append(writes, n)
			}
		}
	}
	byObject := all.numbered(f.counts.Objects)
	w.member = byObject.to
	w.place = make([]int32, len(w.member))
	w.listFrom = make([]int32, 1, f.counts.Objects+1)
	for object := range f.counts.Objects {
		last := int32(-1)
		for i := byObject.first[object]; i < byObject.first[object+1]; i++ {
			v := byObject.to[i]
			if f.session[v] != last {
				last = f.session[v]
				w.lists, w.from = append(w.lists, sessionWrites{session: last}), append(w.from, i)
			}
			w.place[i] = f.place[v]
			w.listOf[writes[byObject.link[i]]] = int32(len(w.lists)) - 1
		}
		w.listFrom = append(w.listFrom, int32(len(w.lists)))
	}
	w.from = append(w.from, int32(len(w.member)))
	w.done = make([]int32, len(w.lists))
	return w
}

// inSessions returns the transactions of each session, in their order.
func (f *facts) inSessions() *digraph {
	var all pairs
	for v, s := range f.session {
		all.add(s, int32(v))
	}
	return all.graph(f.sessions)
}

// visit notes that the next member of the write's list, at a place in its session, was visited.
func (w *writers) visit(write, place int32) {
	list := w.listOf[write]
	w.done[list]++
	w.lists[list].last = place
}

// last returns the last visited member of a list whose place is at most limit,
// and higher than floor; -1 if there is none.
func (w *writers) last(list, limit, floor int32) int32 {
	low, high := w.from[list], w.from[list]+w.done[list]
	i := high - 1
	if w.lists[list].last > limit {
		// Mostly it is close to the end: search from there in growing steps.
		for step := int32(1); i >= low && w.place[i] > limit; step *= 2 {
			high = i
			i -= step
		}
		i = max(i, low-1)
		for i+1 < high { // place[i] ≤ limit < place[high], place[low-1] being 0
			mid := i + (high-i)/2
			if w.place[mid] <= limit {
				i = mid
			} else {
				high = mid
			}
		}
	}
	if i < low || w.place[i] <= floor {
		return -1
	}
	return w.member[i]
}
