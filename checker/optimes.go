package checker

import (
	"math"

	"github.com/isocheck/isocheck/history"
)

// opTime is when an operation was sent, in nanoseconds after its transaction began, and how long its answer
// took. There are more of these than of anything else, and in nearly all histories they fit into so
// little. Those that do not, as in histories without times of transactions, are in index.farTimes.
type opTime struct{ after, took uint32 }

// far is the took of an operation whose times are farTimes[after].
const far = math.MaxUint32

// farTime is an opTime of any size: when an operation was sent, and when its answer was there.
type farTime struct{ start, end int64 }

// addTimes takes in the times of an operation of the transaction that is being added.
func (ix *index) addTimes(op *history.Op) {
	after, took := op.Start-ix.start[len(ix.start)-1], op.End-op.Start
	if after < 0 || after > math.MaxUint32 || took < 0 || took >= far {
		ix.farTimes = push(ix.farTimes, farTime{op.Start, op.End}, ix.read)
		after, took = int64(len(ix.farTimes)-1), far
	}
	ix.ops = push(ix.ops, opTime{uint32(after), uint32(took)}, ix.read)
}

// opTimes returns when an operation of t was sent and when its answer was there.
func (ix *index) opTimes(t, op int32) (start, end int64) {
	o := ix.ops[ix.opFrom[t]+op]
	if o.took == far {
		f := &ix.farTimes[o.after]
		return f.start, f.end
	}
	start = ix.start[t] + int64(o.after)
	return start, start + int64(o.took)
}
