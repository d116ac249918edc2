package register

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// facts is what is to be judged: the transactions that took effect, each with
// what it read of others and what it wrote. Transactions are numbered by rank, such that
// session order and write-read dependencies lead to higher numbers, if they have no cycle.
type facts struct {
	ix    *Index
	n     int
	txn   []int32 // by transaction here: its number in the index
	node  []int32 // by number in the index: the transaction here, -1 if it had no effect
	timed bool    // the times of transactions are known
	clock bool    // and they were taken by one clock, so that they prove an order
	// forward: session order and write-read dependencies lead to higher numbers.
	forward bool

	readFrom   []int32 // transaction t's reads are those from readFrom[t] up to readFrom[t+1]
	readObject []int32
	readSource []int32 // the transaction whose write was read, or initial
	readOp     []uint16

	writeFrom   []int32
	writeObject []int32 // each object once, in ascending order
	writeOp     []uint16
	writeEnd    []int64 // when the write had its answer; empty if that is not known

	prev []int32 // the one before in its session, -1 if none
	// session numbers the sessions; place counts the transactions of one, from 1.
	// A transaction of indeterminate outcome is a session of its own, whose prev is in another.
	session, place []int32
	sessions       int

	name   func(table int, key int64) string // what texts call an object
	counts Counts
	wrong  map[ReadAnomalyKind]*ReadAnomaly
	most   int // how many wrong reads of one kind are described
}

// defaultExamples is how many wrong reads of one kind are described, unless the options say so.
const defaultExamples = 5

// newFacts resolves what the index gathered. clock says that all times were taken by one clock.
func newFacts(ix *Index, clock bool, examples int, name func(int, int64) string) *facts {
	f := &facts{ix: ix, clock: clock, name: name, most: examples, wrong: map[ReadAnomalyKind]*ReadAnomaly{}}
	ix.readFrom = append(ix.readFrom, int32(len(ix.readObject)))
	ix.writeFrom = append(ix.writeFrom, int32(len(ix.writeObject)))
	ix.resolve()
	live := ix.live()
	for t := range ix.id {
		switch ix.outcome[t] {
		case history.Committed:
			f.counts.Committed++
		case history.Aborted:
			f.counts.Aborted++
		default:
			f.counts.Indeterminate++
		}
	}
	f.judgeReads(live)
	ix.values = valueTable{}
	f.rank(live)
	f.layOut()
	ix.release()
	return f
}

// release lets go of what the facts have in another form.
func (ix *Index) release() {
	ix.readObject, ix.readSource, ix.readOp, ix.readFrom = nil, nil, nil, nil
	ix.writeObject, ix.writeValue, ix.writeTxn, ix.writeOp, ix.writeFlags, ix.writeFrom = nil, nil, nil, nil, nil, nil
	ix.writeStart, ix.writeEnd, ix.ownTxn, ix.ownWrite, ix.sawTxn, ix.sawRead = nil, nil, nil, nil, nil, nil
}

// resolve finds the writes of values that were read before they were added.
func (ix *Index) resolve() {
	for _, p := range ix.pending {
		w := ix.values.find(ix, ix.readObject[p.read], p.value)
		if w < 0 && p.value == 0 {
			ix.readSource[p.read] = initial
			continue
		}
		txn := owner(ix.readFrom, p.read)
		switch {
		case w < 0:
			ix.suspects = append(ix.suspects, suspect{GarbageRead, txn, ix.readOp[p.read], ix.readObject[p.read], p.value, -1, -1})
		case ix.writeTxn[w] == txn:
			ix.suspects = append(ix.suspects, suspect{FutureRead, txn, ix.readOp[p.read], ix.readObject[p.read], p.value, w, -1})
		default:
			ix.readSource[p.read] = w
			ix.checkTime(txn, ix.readOp[p.read], w, p.end)
		}
	}
	ix.pending = nil
}

// live tells which transactions took effect, as far as it matters: the
// committed ones, and the indeterminate ones that one of these saw.
func (ix *Index) live() []bool {
	live := make([]bool, len(ix.id))
	var queue []int32
	for t, outcome := range ix.outcome {
		if outcome == history.Committed {
			live[t] = true
			queue = append(queue, int32(t))
		}
	}
	if len(queue) == len(live) {
		return live
	}
	for len(queue) > 0 {
		t := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
			w := ix.readSource[r]
			if w < 0 || ix.writeFlags[w]&(ambiguous|failed) != 0 {
				continue
			}
			if from := ix.writeTxn[w]; !live[from] && ix.outcome[from] == history.Indeterminate {
				live[from] = true
				queue = append(queue, from)
			}
		}
	}
	return live
}

// judgeReads finds the reads that are wrong by themselves. Those that cannot be
// told from which transaction's effect they came are no longer used.
func (f *facts) judgeReads(live []bool) {
	ix := f.ix
	for t := range ix.id {
		if !live[t] {
			continue
		}
		for r := ix.readFrom[t]; r < ix.readFrom[t+1]; r++ {
			w := ix.readSource[r]
			if w >= 0 {
				f.judgeSource(int32(t), r, w, live)
			}
			if w != unknown {
				f.judgeRepeated(int32(t), r)
			}
		}
	}
	for i := range ix.suspects {
		if s := &ix.suspects[i]; live[s.txn] && (f.clock || s.kind != FutureRead || s.write >= 0 && ix.writeTxn[s.write] == s.txn) {
			f.report(s)
		}
	}
	ix.suspects = nil
}

func (f *facts) judgeSource(t, r, w int32, live []bool) {
	ix := f.ix
	kind := ReadAnomalyKind("")
	switch {
	case ix.writeFlags[w]&ambiguous != 0:
		f.counts.Ambiguous++
	case !live[ix.writeTxn[w]] || ix.writeFlags[w]&failed != 0:
		kind = DirtyRead
	case ix.writeFlags[w]&replaced != 0:
		kind = IntermediateRead
	default:
		return
	}
	ix.readSource[r] = unknown
	if kind != "" {
		f.report(&suspect{kind, t, ix.readOp[r], ix.readObject[r], ix.writeValue[w], w, -1})
	}
}

// judgeRepeated compares a read with the transaction's last read of the same object.
func (f *facts) judgeRepeated(t, r int32) {
	ix, object := f.ix, f.ix.readObject[r]
	if ix.readSource[r] == unknown {
		return
	}
	if ix.sawTxn[object] == t+1 && ix.readSource[ix.sawRead[object]] != ix.readSource[r] {
		w, value := ix.readSource[r], int64(0)
		if w >= 0 {
			value = ix.writeValue[w]
		}
		f.report(&suspect{NonRepeatableRead, t, ix.readOp[r], object, value, w, int32(ix.readOp[ix.sawRead[object]])})
	}
	ix.sawTxn[object], ix.sawRead[object] = t+1, r
}

// owner returns in which of the ranges that begin at from[0], from[1] … i lies.
func owner(from []int32, i int32) int32 {
	n, found := slices.BinarySearch(from, i)
	if !found {
		return int32(n - 1)
	}
	for n+1 < len(from) && from[n+1] == i { // empty ranges share their start with the next one
		n++
	}
	return int32(n)
}
