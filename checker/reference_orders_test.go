package checker_test

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// Two definitions that speak of no graph, to check the reference by:
//
//   - A history is serializable if its transactions, run one after the other in some order, would have
//     read and replaced what they did.
//   - It keeps snapshot isolation if each transaction can be given an instant at which it took its
//     snapshot and a later one at which it committed, such that it reads from that snapshot, replaces what is there
//     when it commits, and nobody committed a version of a row that it wrote in between (Berenson et al., first committer wins).

// replay is the state of a database while the transactions of a reading are run again: of each object
// the position, in its order, of the version that is there; -1 before it was made.
type replay struct {
	r  *reading
	at map[object]int
}

func (p *replay) copy() map[object]int {
	c := map[object]int{}
	for o, at := range p.at {
		c[o] = at
	}
	return c
}

func (r *reading) newReplay() *replay {
	p := &replay{r: r, at: map[object]int{}}
	for o := range r.orders {
		p.at[o] = -1
	}
	return p
}

// reads reports whether a transaction reads in a state, and in what it wrote itself, what it did read.
func (p *replay) reads(t *history.Transaction, state map[object]int) bool {
	for _, i := range p.r.w.items(t) {
		if p.r.w.own(t, i.object, i.op) != nil {
			continue
		}
		at := state[i.object]
		switch {
		case i.version == none && p.r.seen[absence{t.ID(), i.op, i.object}] != at,
			i.version > 0 && (at < 0 || p.r.orders[i.object][at].id != i.version):
			return false
		}
	}
	for n := range t.Ops {
		for _, o := range p.r.missing(t, n) {
			if p.r.w.own(t, o, n) == nil && !p.r.alike(&t.Ops[n], o, p.r.seen[absence{t.ID(), n, o}], state[o]) {
				return false
			}
		}
		for _, v := range p.r.undoneScan(t, n) {
			seen := slices.IndexFunc(p.r.orders[v.object], func(x *version) bool { return x.id == v.previous })
			if seen >= 0 && p.r.w.own(t, v.object, n) == nil && !p.r.alike(&t.Ops[n], v.object, seen, state[v.object]) {
				return false
			}
		}
	}
	return true
}

// undoneScan returns the versions that an operation wrote by a predicate and that were rolled back to a savepoint: that the rows
// they replaced matched stays read.
func (r *reading) undoneScan(t *history.Transaction, n int) []*version {
	var undone []*version
	for _, o := range r.w.objects {
		for _, v := range r.w.written[o] {
			if v.txn == t && v.op == n && v.undone > 0 && wholeScan(&t.Ops[n]) {
				undone = append(undone, v)
			}
		}
	}
	return undone
}

// alike reports whether an object matches a predicate in both of two versions, and in all between them that a
// transaction left behind, or in none.
func (r *reading) alike(op *history.Op, o object, a, b int) bool {
	order := r.orders[o]
	match := func(i int) bool {
		if i < 0 {
			return false
		}
		yes, known := matches(op, order[i])
		return yes && known
	}
	for i := min(a, b); i <= max(a, b); i++ {
		middle := i >= 0 && i+1 < len(order) && order[i+1].txn == order[i].txn
		if !middle && match(i) != match(a) {
			return false
		}
	}
	return true
}

// writes moves the state on to what a transaction wrote, and reports whether it replaced what was there.
func (p *replay) writes(t *history.Transaction) bool {
	for n := range t.Ops {
		for o, order := range p.r.orders {
			for at, v := range order {
				if v.txn == t && v.op == n {
					if p.at[o] != at-1 {
						return false
					}
					p.at[o] = at
				}
			}
		}
	}
	return true
}

// serializable tries every order of the transactions.
func (r *reading) serializable() bool {
	for order := range permutations(r.w.txns) {
		p := r.newReplay()
		if !slices.ContainsFunc(order, func(t *history.Transaction) bool { return !p.reads(t, p.at) || !p.writes(t) }) {
			return true
		}
	}
	return false
}

// snapshots tries every order of the instants at which the transactions take their snapshots and commit.
func (r *reading) snapshots() bool {
	const (
		waiting = iota
		running
		committed
	)
	p := r.newReplay()
	states := make([]int, len(r.w.txns))
	begun := make([]map[object]int, len(r.w.txns))
	var step func(left int) bool
	step = func(left int) bool {
		if left == 0 {
			return true
		}
		for i, t := range r.w.txns {
			switch states[i] {
			case waiting:
				if !p.reads(t, p.at) {
					continue
				}
				begun[i], states[i] = p.copy(), running
				if step(left - 1) {
					return true
				}
				states[i] = waiting
			case running:
				before := p.copy()
				if p.firstCommitter(t, begun[i]) && p.writes(t) {
					states[i] = committed
					if step(left - 1) {
						return true
					}
					states[i] = running
				}
				p.at = before
			}
		}
		return false
	}
	return step(2 * len(r.w.txns))
}

// firstCommitter reports whether the rows that a transaction wrote are as they were in its snapshot.
func (p *replay) firstCommitter(t *history.Transaction, snapshot map[object]int) bool {
	for o, order := range p.r.orders {
		if slices.ContainsFunc(order, func(v *version) bool { return v.txn == t }) && p.at[o] != snapshot[o] {
			return false
		}
	}
	return true
}
