package register

// writers is, for every object, a list of the transactions that wrote it for each
// session that did, in the order of the session.
type writers struct {
	f        *facts
	listFrom []int32 // object x's lists are those from listFrom[x] up to listFrom[x+1]
	session  []int32 // by list
	from     []int32 // list l's members are those from from[l] up to from[l+1]
	member   []int32 // transactions
	place    []int32 // by member: its place in its session
	done     []int32 // by list: how many members were visited so far
	listOf   []int32 // by write, as facts number them: its list
	found    int32   // the transaction that last returned the place of
}

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
				w.session, w.from = append(w.session, last), append(w.from, i)
			}
			w.place[i] = f.place[v]
			w.listOf[writes[byObject.link[i]]] = int32(len(w.session)) - 1
		}
		w.listFrom = append(w.listFrom, int32(len(w.session)))
	}
	w.from = append(w.from, int32(len(w.member)))
	w.done = make([]int32, len(w.session))
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

// last returns the place of the last visited member of a list whose place is at
// most limit, 0 if there is none, and sets found to that member.
func (w *writers) last(list, limit int32) int32 {
	low := w.from[list]
	high := low + w.done[list]
	if low == high || w.place[low] > limit {
		return 0
	}
	// Mostly it is the last one, or close to it: search from the end in growing steps.
	i := high - 1
	for step := int32(1); w.place[i] > limit; step *= 2 {
		high = i
		i = max(low, i-step)
	}
	for i+1 < high { // place[i] ≤ limit < place[high], if there is such a member
		mid := i + (high-i)/2
		if w.place[mid] <= limit {
			i = mid
		} else {
			high = mid
		}
	}
	w.found = w.member[i]
	return w.place[i]
}
