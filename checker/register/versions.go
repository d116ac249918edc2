package register

import "slices"

// versions are all versions of all objects, with what is certain about their
// order: the initial version is first, and a transaction that read a version and wrote the
// object itself made the very next one. (Under snapshot isolation, too: had
// another transaction written between, the two would have run at the same time and
// written the same object.) So versions form blocks, whose order among themselves is what is not known.
type versions struct {
	f       *facts
	first   []int32  // object x's versions are those from first[x], the initial one, up to first[x+1]
	writer  []int32  // by version: the transaction, or initial
	readers *digraph // from a version to the transactions that read it, each once

	block    []int32 // by version
	next     []int32 // by version: the one after it in its block, -1 if it is the last
	blocks   []block // those of one object stand together, its initial one first
	byObject []int32 // object x's blocks are those from byObject[x] up to byObject[x+1]
	// lost is a pair of transactions that read the same version and both wrote
	// the object, if there is one.
	lost *lostUpdate
}

type block struct {
	object     int32
	head, tail int32 // versions
}

// lostUpdate is two transactions that read a version and replaced it.
type lostUpdate struct{ version, a, b int32 }

func newVersions(f *facts) *versions {
	v := &versions{f: f}
	v.number()
	v.findReaders()
	v.findBlocks()
	return v
}

// number numbers the versions: by object, the initial one first, then in the order of their transactions.
func (v *versions) number() {
	f, objects := v.f, v.f.counts.Objects
	v.first = make([]int32, objects+1)
	for _, object := range f.writeObject {
		v.first[object+1]++
	}
	for object := range objects {
		v.first[object+1] += v.first[object] + 1
	}
	v.writer = make([]int32, v.first[objects])
	at := slices.Clone(v.first[:objects])
	for object := range objects {
		v.writer[at[object]] = initial
		at[object]++
	}
	for t := range int32(f.n) {
		for w := f.writeFrom[t]; w < f.writeFrom[t+1]; w++ {
			object := f.writeObject[w]
			v.writer[at[object]] = t
			at[object]++
		}
	}
}

// of returns the version of the object that a transaction wrote; of the initial
// transaction, the initial version; -1 if there is none.
func (v *versions) of(txn, object int32) int32 {
	low := v.first[object]
	if txn == initial {
		return low
	}
	i, found := slices.BinarySearch(v.writer[low+1:v.first[object+1]], txn)
	if !found {
		return -1
	}
	return low + 1 + int32(i)
}

func (v *versions) findReaders() {
	f := v.f
	var reads pairs
	last := fill(f.counts.Objects, -1) // by object: the transaction that read it last
	for t := range int32(f.n) {
		for r := f.readFrom[t]; r < f.readFrom[t+1]; r++ {
			object := f.readObject[r]
			if last[object] != t {
				last[object] = t
				reads.add(v.of(f.readSource[r], object), t)
			}
		}
	}
	v.readers = reads.graph(len(v.writer))
}

// findBlocks puts together the versions whose order is certain.
func (v *versions) findBlocks() {
	f := v.f
	v.next = fill(len(v.writer), -1)
	behind := make([]bool, len(v.writer)) // whether the version follows another in a block
	for t := range int32(f.n) {
		for r := f.readFrom[t]; r < f.readFrom[t+1]; r++ {
			object := f.readObject[r]
			if f.write(t, object) < 0 {
				continue
			}
			seen, made := v.of(f.readSource[r], object), v.of(t, object)
			switch {
			case v.next[seen] == made: // read twice
			case v.next[seen] >= 0 && v.lost == nil:
				v.lost = &lostUpdate{seen, v.writer[v.next[seen]], t}
			case !behind[made]:
				v.next[seen], behind[made] = made, true
			}
		}
	}
	v.block = fill(len(v.writer), -1)
	v.byObject = make([]int32, 1, f.counts.Objects+1)
	for object := range int32(f.counts.Objects) {
		for head := v.first[object]; head < v.first[object+1]; head++ {
			if behind[head] {
				continue
			}
			b := block{object, head, head}
			for w := head; w >= 0; w = v.next[w] {
				v.block[w], b.tail = int32(len(v.blocks)), w
			}
			v.blocks = append(v.blocks, b)
		}
		v.byObject = append(v.byObject, int32(len(v.blocks)))
	}
}

// fill returns n elements of the value.
func fill(n int, value int32) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = value
	}
	return all
}
