package checker

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// What is taken along of lists and registers, which have no versions: the writes of what was read.

// noted is what the reads in a cut-out returned of one row.
type noted struct {
	values map[int64]bool // every integer, or element
	lists  [][]int64
}

func (n *noted) add(r history.Row) {
	for _, v := range r.Values {
		list := elementsOf(v.Text)
		n.lists = append(n.lists, list)
		n.values[v.Int] = v.Kind == history.Int
		for _, element := range list {
			n.values[element] = true
		}
	}
}

// keepValues takes along the writes of what the witness's transactions read, where lists and registers have no versions.
func (c *cutting) keepValues() {
	read := c.noteReads()
	for _, at := range c.rows() {
		n := read[at]
		if n == nil {
			n = &noted{}
		}
		beginning := c.beginning(at, n)
		c.setup = append(c.setup, beginning...)
		for _, w := range c.writes[at] {
			if slices.Contains(beginning, w) {
				continue
			}
			if c.own[w.txn.ID()] || len(w.op.Set) > 0 && n.values[w.op.Set[0].Value.Int] || c.extent >= ofRows {
				c.keep(w)
			}
		}
	}
}

// noteReads returns what the witness's transactions read and, of lists, the reads that show in what order they
// appended, which it takes along.
func (c *cutting) noteReads() map[place]*noted {
	read := map[place]*noted{}
	of := func(at place) *noted {
		if read[at] == nil {
			read[at] = &noted{values: map[int64]bool{}}
		}
		return read[at]
	}
	for i := range c.witness.Transactions {
		for j := range c.witness.Transactions[i].Ops {
			op := &c.witness.Transactions[i].Ops[j]
			at := place{op.Table, op.Key}
			if op.Kind == history.Read && op.Error == nil && len(op.Rows) == 0 {
				of(at).lists = append(of(at).lists, nil)
			}
			for _, r := range op.Rows {
				of(at).add(r)
			}
			if op.Kind == history.Append && len(op.Set) > 0 && c.extent > referenced {
				if seen := c.appended[placeElement{at, op.Set[0].Value.Int}]; seen != nil {
					of(at).add(seen.row)
					c.keep(seen)
				}
			}
		}
	}
	return read
}

// beginning returns the appends of the elements with which all the lists begin that were read of a row, as far as
// others committed them: nobody saw a part of these, so that the set-up may append them.
func (c *cutting) beginning(at place, n *noted) []*pastWrite {
	if c.header.Traces != history.ListAppend || len(n.lists) == 0 {
		return nil
	}
	writes := map[int64]*pastWrite{}
	for _, w := range c.writes[at] {
		if len(w.op.Set) > 0 {
			writes[w.op.Set[0].Value.Int] = w
		}
	}
	var common []*pastWrite
	for i, element := range n.lists[0] {
		w := writes[element]
		if w == nil || slices.Contains(common, w) || w.txn.Outcome != history.Committed || c.own[w.txn.ID()] ||
			slices.ContainsFunc(n.lists, func(list []int64) bool { return i >= len(list) || list[i] != element }) {
			break
		}
		common = append(common, w)
	}
	return common
}
