package checker

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"slices"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// known is what the whole history shows, so that what is cut out of it shows nothing else: taking a writer away makes
// garbage of what was read of it, and the history had none.
type known struct {
	src Source
	// kinds are the anomalies that the history shows, without the variants of cycles: which of these closes a cycle depends on
	// what else is there. And single the instances of those that are no cycles, hashed with
	// the seed. Both are nil until somebody asked.
	kinds  map[AnomalyID]bool
	single map[uint64]struct{}
	seed   maphash.Seed
}

// knownOf returns what findings tell; nil findings tell nothing, and all is looked up when it is asked for.
func knownOf(src Source, f *Findings) *known {
	k := &known{src: src, seed: maphash.MakeSeed()}
	if f != nil {
		k.kinds = map[AnomalyID]bool{}
		for i := range f.Anomalies {
			if f.Anomalies[i].Count > 0 {
				k.kinds[baseAnomaly(f.Anomalies[i].ID)] = true
			}
		}
	}
	return k
}

// singles are the anomalies that an edge proves by itself. In a cut-out they are right only where the history has the
// very same; of cycles a cut-out may show another part.
func singles() []AnomalyID {
	return []AnomalyID{IncompatibleVersions, LostCommit, NonDurableRead, GarbageRead, FutureRead, InternalRead, DirtyRead, DirtyUpdate, IntermediateRead}
}

// shows reports whether the history shows the anomaly, of those that an edge proves between these transactions.
func (k *known) shows(ctx context.Context, id AnomalyID, txns []history.TxnID) (bool, error) {
	if k.kinds == nil {
		if err := k.look(ctx); err != nil {
			return false, err
		}
	}
	if kind := k.kinds[baseAnomaly(id)]; !kind || !slices.Contains(singles(), id) {
		return kind, nil
	}
	if k.single == nil {
		if err := k.look(ctx); err != nil {
			return false, err
		}
	}
	_, shown := k.single[k.hash(id, txns)]
	return shown, nil
}

// look checks the history once more, and notes all that is wanted.
func (k *known) look(ctx context.Context) error {
	stream, err := k.src.Open()
	if err != nil {
		return fmt.Errorf("opening the history to cut out a part: %w", err)
	}
	if stream.Header().Traces == history.Registers {
		err = k.lookAtRegisters(ctx, stream)
	} else {
		err = k.lookAtVersions(ctx, stream)
	}
	if err != nil {
		return errors.Join(errors.New("checking the history again to cut out a part"), err)
	}
	return nil
}

// lookAtVersions notes what a check of a history finds in which versions are known, or can be inferred.
func (k *known) lookAtVersions(ctx context.Context, stream history.Stream) error {
	ix, err := load(ctx, &opened{Source: k.src, stream: stream}, Options{})
	if err == nil {
		err = ix.infer(ctx, k.src)
	}
	if err != nil {
		return err
	}
	k.single = map[uint64]struct{}{}
	c := newCheck(ix, Options{Expect: Serializable, Witnesses: 1})
	c.note = k.note(ix)
	if err := c.run(ctx); err != nil {
		return err
	}
	k.kinds = map[AnomalyID]bool{}
	for id := range maps.Keys(c.by) {
		k.kinds[baseAnomaly(id)] = true
	}
	return nil
}

// lookAtRegisters notes all reads of a history of registers that are wrong by themselves, and where it is not known,
// of what kinds all is that a check finds.
func (k *known) lookAtRegisters(ctx context.Context, stream history.Stream) error {
	c := &registers{header: *stream.Header(), touched: map[object]touch{}}
	if err := c.load(ctx, stream); err != nil {
		return err
	}
	result, err := c.index.Check(ctx, register.Options{Models: []register.Model{}, SeveralClocks: c.header.Parts > 1, Examples: math.MaxInt})
	if err != nil {
		return err
	}
	k.single = map[uint64]struct{}{}
	for _, a := range result.Reads {
		for i := range a.Examples {
			ids := []history.TxnID{a.Examples[i].Reader}
			if e := &a.Examples[i]; e.WriterOp >= 0 && e.Writer != e.Reader {
				ids = append(ids, e.Writer)
			}
			slices.Sort(ids)
			k.single[k.hash(AnomalyID(a.Kind), ids)] = struct{}{}
		}
	}
	if k.kinds != nil {
		return nil
	}
	f, err := Check(ctx, k.src, Options{})
	if err != nil {
		return err
	}
	k.kinds = knownOf(nil, f).kinds
	return nil
}

// note returns what notes the instances that an edge proves.
func (k *known) note(ix *index) func(in *instance) {
	kept := singles()
	return func(in *instance) {
		if !slices.Contains(kept, in.id) {
			return
		}
		var ids []history.TxnID
		for _, t := range in.transactions() {
			ids = append(ids, ix.ids[t])
		}
		slices.Sort(ids)
		k.single[k.hash(in.id, ids)] = struct{}{}
	}
}

// hash stands for an anomaly between transactions, which are sorted.
func (k *known) hash(id AnomalyID, txns []history.TxnID) uint64 {
	var h maphash.Hash
	h.SetSeed(k.seed)
	_, _ = h.WriteString(string(id)) // it never fails
	for _, t := range txns {
		maphash.WriteComparable(&h, t)
	}
	return h.Sum64()
}
