package register

import "context"

// axiom yields what a weak model demands of the commit order beyond session
// order and write-read dependencies: transaction from must come before to, because
// of to's write that read r saw. To is initial where from must precede the initial state.
type axiom func(y func(from, to, r int32))

// saturate holds the history against a weak model. The transactions that an axiom speaks of are
// given by session order and write-read dependencies alone, so that all its
// demands can be written down at once, and the model holds exactly if they can be ordered: Biswas and Enea,
// theorem 4, for causal consistency, and the like for the weaker ones.
// It returns nil if the model holds.
func (f *facts) saturate(ctx context.Context, order Order, demands axiom) *core {
	nodes := f.n
	var rt *realTime
	if order == RealTimeOrder {
		rt = newRealTime(f)
		nodes += len(rt.ended)
	}
	same := func(v int32) int32 { return v }
	position := make([]int32, nodes)
	for v := range f.n {
		position[v] = slot * int32(v)
	}
	if rt != nil {
		rt.positions(position, int32(f.n), same)
	}
	return findCore(nodes, f.n, position, func(y yield) {
		if ctx.Err() != nil {
			return
		}
		if order != NoOrder {
			f.sessionEdges(y)
		}
		f.readEdges(y)
		if rt != nil {
			rt.each(int32(f.n), same, same, y)
		}
		if demands != nil {
			demands(func(from, to, r int32) {
				y(from, to, link{from: from, to: to, kind: beforeLink, object: f.readObject[r], a: r})
			})
		}
	})
}

func (f *facts) sessionEdges(y yield) {
	for v, p := range f.prev {
		if p >= 0 {
			y(p, int32(v), link{from: p, to: int32(v), kind: sessionLink})
		}
	}
}

func (f *facts) readEdges(y yield) {
	for v := range int32(f.n) {
		for r := f.readFrom[v]; r < f.readFrom[v+1]; r++ {
			if from := f.readSource[r]; from >= 0 {
				y(from, v, link{from: from, to: v, kind: wrLink, object: f.readObject[r]})
			}
		}
	}
}
