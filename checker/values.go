package checker

// values are the columns of every version, as far as they follow from what the
// writes assigned along the version order. A delete leaves NULLs.
//
// They serve three ends: a version matches a predicate or it does not, a read
// that returned something else is a garbage read, and what a lost update lost can be counted.
type values struct {
	ix *index
	// width is, by table, how many columns it has, and uniform how many all have, -1 where they differ.
	width   []int32
	uniform int32
	// from is where a write's columns start in cells, unless all tables have the same number of them.
	from  []int32
	cells []cell

	done    bitSet  // the writes that were computed
	met     bitSet  // and those that were about to be, before what they were made upon
	pending []int32 // scratch
}

// computeValues computes the columns of every version, also of those that had no effect:
// somebody may have seen them. Of a history in which nothing could be compared with them, it computes none.
func computeValues(ix *index, c *chains) *values {
	v := &values{ix: ix, width: make([]int32, len(ix.header.Tables))}
	if len(ix.cells) == 0 && len(ix.scans) == 0 && len(ix.header.Invariants) == 0 {
		return v
	}
	v.layOut()
	v.done = make(bitSet, len(ix.writes)/64+1)
	for w := range ix.writes {
		v.ensure(int32(w), c)
	}
	return v
}

// layOut makes room for the columns of all writes.
func (v *values) layOut() {
	ix := v.ix
	for t := range ix.header.Tables {
		v.width[t] = int32(len(ix.header.Tables[t].Columns))
		if t > 0 && v.width[t] != v.width[0] {
			v.uniform = -1
		}
	}
	if v.uniform == 0 && len(v.width) > 0 {
		v.uniform = v.width[0]
		v.cells = make([]cell, len(ix.writes)*int(v.uniform))
		return
	}
	v.from = make([]int32, len(ix.writes))
	all := int32(0)
	for w := range ix.writes {
		v.from[w] = all
		all += v.width[ix.objects.table[ix.writes[w].object]]
	}
	v.cells = make([]cell, all)
}

// ensure computes a write after those of the same object that it was made upon.
func (v *values) ensure(w int32, c *chains) {
	if v.done.has(w) {
		return
	}
	base := c.base(w)
	if base < 0 || v.done.has(base) {
		v.compute(w, base)
		return
	}
	v.pending = append(v.pending[:0], w)
	for base >= 0 && !v.done.has(base) && !v.met.has(base) {
		v.met.add(base) // a broken file may name a circle of versions
		v.pending = append(v.pending, base)
		base = c.base(base)
	}
	for i := len(v.pending) - 1; i >= 0; i-- {
		if n := v.pending[i]; !v.done.has(n) {
			v.compute(n, c.base(n))
		}
	}
}

// compute gives write w its columns, which it assigned upon those of write base, if any.
func (v *values) compute(w, base int32) {
	v.done.add(w)
	write, row := &v.ix.writes[w], v.of(w)
	switch {
	case write.deleted:
		return
	case write.insert:
	case base >= 0 && v.done.has(base):
		copy(row, v.of(base))
	default:
		for i := range row {
			row[i].kind = unknown
		}
	}
	for i := range v.ix.assigns[write.assigns : write.assigns+int32(write.numAssigns)] {
		a := &v.ix.assigns[write.assigns+int32(i)]
		if int(a.column) < len(row) {
			row[a.column] = a.apply(row[a.column])
		}
	}
}

// of returns the columns of a write's version, nil if they were never computed.
func (v *values) of(w int32) []cell {
	switch {
	case w < 0 || len(v.done) == 0:
		return nil
	case v.uniform >= 0:
		from := int(w) * int(v.uniform)
		return v.cells[from : from+int(v.uniform)]
	}
	from := v.from[w]
	return v.cells[from : from+v.width[v.ix.objects.table[v.ix.writes[w].object]]]
}

// read returns what a read returned, nil where it returned no columns.
func (v *values) read(r *read) []cell {
	if r.cells < 0 {
		return nil
	}
	columns := len(v.ix.header.Tables[v.ix.objects.table[r.object]].Columns)
	return v.ix.cells[r.cells : int(r.cells)+columns]
}

// matches decides whether a write's version matches a predicate. A dead row matches nothing.
func (v *values) matches(w int32, p *predicate) truth {
	if v.ix.writes[w].deleted {
		return no
	}
	row := v.of(w)
	if row == nil {
		return maybe
	}
	return matches(p.where, row)
}
