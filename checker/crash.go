package checker

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// Non-durable read: a committed transaction saw what another had written whose
// commit was never acknowledged, and then the server was killed and the write was
// gone. Some servers let others see a commit before it is safe from a crash: what
// was read, and perhaps told to a user, then never happened. It is G1a of Adya's thesis with
// a crash in the place of the abort; no isolation level is documented to rule it out.
// The smallest histories are testdata/scenarios/non-durable-read-final.txt and testdata/scenarios/non-durable-read.txt:
//
//	T1 writes x    T2 reads T1's x, and commits    the server is killed before T1 is acknowledged    the final read shows x as it was before
//	T1 overwrites x0    T2 reads T1's x, and commits    the server is killed    T3 overwrites x0

// killOver is the kind of the event that says that a killed server is there again.
const killOver = history.EventKilled + "-over"

// killed reports whether the server was killed at or after a time.
func (ix *index) killed(from int64) bool {
	return slices.ContainsFunc(ix.events, func(e history.Event) bool { return e.Kind == history.EventKilled && e.At >= from })
}

// crashedBetween reports whether the server was killed between two writes, the first of
// which had been committed. A kill is noted just before it, and its end when the server is there again.
func (c *chains) crashedBetween(first, second int32) bool {
	from, to := c.sent(first), c.sent(second)
	if c.ix.mergedClocks || !c.ix.acknowledged(first) || from > to {
		return false
	}
	for i, e := range c.ix.events {
		if e.Kind != history.EventKilled || to < e.At {
			continue
		}
		over := e.At
		for _, later := range c.ix.events[i:] {
			if later.Kind == killOver {
				over = later.At
				break
			}
		}
		if from <= over {
			return true
		}
	}
	return false
}

// replaced is a version of an object that something else came after.
type replaced struct {
	object  int32
	version history.Version
}

// undoneByCrash returns the indeterminate transactions that a crash undid: after it
// somebody overwrote, or the final read saw, the version that they had replaced. It is nil where no server was killed.
func (c *chains) undoneByCrash() map[int32]bool {
	ix := c.ix
	if ix.exercised.indeterminate == 0 || ix.mergedClocks || !ix.killed(0) {
		return nil
	}
	writers := map[replaced][]int32{}
	for w := range ix.writes {
		write := &ix.writes[w]
		if ix.outcome[write.txn] == history.Indeterminate && write.previous > 0 && write.undone == 0 {
			at := replaced{write.object, write.previous}
			writers[at] = append(writers[at], int32(w))
		}
	}
	undone := map[int32]bool{}
	for w := range ix.writes {
		write := &ix.writes[w]
		if !ix.acknowledged(int32(w)) {
			continue
		}
		for _, lost := range writers[replaced{write.object, write.previous}] {
			if ix.killed(c.sent(lost)) && c.sent(lost) < c.sent(int32(w)) {
				undone[ix.writes[lost].txn] = true
			}
		}
	}
	if t := ix.finalReader(); t >= 0 {
		for _, r := range ix.readsOf(t) {
			for _, lost := range writers[replaced{r.object, r.version}] {
				undone[ix.writes[lost].txn] = true
			}
		}
	}
	c.spread(undone, writers)
	return undone
}

// spread adds the indeterminate transactions that overwrote what was undone: they were undone with it.
func (c *chains) spread(undone map[int32]bool, writers map[replaced][]int32) {
	ix := c.ix
	var todo []int32
	for t := range undone {
		todo = append(todo, t)
	}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for w := ix.writeFrom[t]; w < ix.writeFrom[t+1]; w++ {
			for _, after := range writers[replaced{ix.writes[w].object, ix.version(w)}] {
				if next := ix.writes[after].txn; !undone[next] {
					undone[next] = true
					todo = append(todo, next)
				}
			}
		}
	}
}

// dirtyRead names the read of what a transaction wrote that did not take effect.
func (d *direct) dirtyRead(from int32) AnomalyID {
	if d.chains.undone[from] {
		return NonDurableRead
	}
	return DirtyRead
}
