package register

// atomicView yields the demands of monotonic atomic view. Biswas and Enea, under
// the name of Read Committed: if a transaction reads from T2 and afterwards
// reads x from T1, and T2 wrote x too, then T2 comes before T1.
//
// As in AWDIT, after the first read from T2 only the next read of each object is looked at: what later reads of
// the same object demand follows from what that read demands of them. And of what T2 wrote and what
// is read later, the shorter list is gone through: that is what makes it O(n^1.5).
func (f *facts) atomicView(y func(from, to, r int32)) {
	objects := f.counts.Objects
	next := make([]int32, objects)  // by object: the next read of it, plus one, in the transaction at hand
	first := make([]int32, f.n)     // by transaction: the first read from it in the transaction at hand, plus one
	touched := make([]int32, 0, 64) // the objects that have a next read
	for v := range int32(f.n) {
		low, high := f.readFrom[v], f.readFrom[v+1]
		if high-low < 2 {
			continue
		}
		for r := high - 1; r >= low; r-- {
			if from := f.readSource[r]; from >= 0 {
				first[from] = r + 1
			}
		}
		for r := high - 1; r >= low; r-- {
			object, from := f.readObject[r], f.readSource[r]
			if from >= 0 && first[from] == r+1 {
				f.sawBefore(from, next, touched, y)
			} else if n := next[object] - 1; from >= 0 && n >= 0 && f.readSource[n] != from {
				y(from, f.readSource[n], n)
			}
			if next[object] == 0 {
				touched = append(touched, object)
			}
			next[object] = r + 1
		}
		for _, object := range touched {
			next[object] = 0
		}
		touched = touched[:0]
	}
}

// sawBefore yields that transaction from, which was read from, comes before
// those whose writes of the same objects the next reads saw. Next holds, by object, a
// read plus one; touched are the objects that have one.
func (f *facts) sawBefore(from int32, next, touched []int32, y func(from, to, r int32)) {
	low, high := f.writeFrom[from], f.writeFrom[from+1]
	if int(high-low) <= 8*len(touched) {
		for _, object := range f.writeObject[low:high] {
			if r := next[object] - 1; r >= 0 && f.readSource[r] != from {
				y(from, f.readSource[r], r)
			}
		}
		return
	}
	for _, object := range touched {
		if r := next[object] - 1; f.readSource[r] != from && f.write(from, object) >= 0 {
			y(from, f.readSource[r], r)
		}
	}
}
