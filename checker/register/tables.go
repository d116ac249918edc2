package register

// objectTable numbers the objects of a history in the order in which they are
// first named. It is an open-addressing hash table over flat arrays.
type objectTable struct {
	table []int32 // by object
	key   []int64
	slots []int32 // object plus one, 0 where free; the length is a power of two
}

func (o *objectTable) intern(table int32, key int64) int32 {
	if 4*len(o.key) >= 3*len(o.slots) {
		o.grow()
	}
	mask := uint64(len(o.slots) - 1)
	for i := hashObject(table, key) & mask; ; i = (i + 1) & mask {
		n := o.slots[i] - 1
		if n < 0 {
			n = int32(len(o.key))
			o.table, o.key = append(o.table, table), append(o.key, key)
			o.slots[i] = n + 1
			return n
		}
		if o.key[n] == key && o.table[n] == table {
			return n
		}
	}
}

func (o *objectTable) grow() {
	o.slots = make([]int32, max(64, 2*len(o.slots)))
	mask := uint64(len(o.slots) - 1)
	for n := range o.key {
		i := hashObject(o.table[n], o.key[n]) & mask
		for o.slots[i] != 0 {
			i = (i + 1) & mask
		}
		o.slots[i] = int32(n) + 1
	}
}

func hashObject(table int32, key int64) uint64 { return mix(uint64(key) ^ uint64(table)<<56) }

// valueTable finds the write of a value to an object. The writes themselves are
// in the index.
//
// Values are mostly drawn from a counter, and read soon after they were
// written. So neighbouring values lie next to each other in the table, where the processor
// still has them at hand. Where that makes for long searches, because every object
// counts for itself, they are scattered by object and value.
type valueTable struct {
	slots   []uint64 // high half: part of the hash; low half: write plus one, 0 where free
	count   int
	steps   int // to enter them, since the table last grew
	scatter bool
}

// neighbours is how many values in a row lie next to each other.
const neighbours = 16

func (v *valueTable) home(hash uint64, value int64) uint64 {
	if v.scatter {
		return hash
	}
	return mix(uint64(value)/neighbours)*neighbours + uint64(value)%neighbours
}

// find returns the write of the value to the object, -1 if there is none so far.
func (v *valueTable) find(ix *Index, object int32, value int64) int32 {
	if len(v.slots) == 0 {
		return -1
	}
	hash := hashValue(object, value)
	mask := uint64(len(v.slots) - 1)
	for i := v.home(hash, value) & mask; ; i = (i + 1) & mask {
		slot := v.slots[i]
		if uint32(slot) == 0 {
			return -1
		}
		if slot>>32 == hash>>32 {
			w := int32(uint32(slot)) - 1
			if ix.writeValue[w] == value && ix.writeObject[w] == object {
				return w
			}
		}
	}
}

// add enters a write, unless there is one of the same value to the same object: then it returns that, else -1.
func (v *valueTable) add(ix *Index, object int32, value int64, write int32) int32 {
	if 3*v.count >= 2*len(v.slots) {
		v.grow(ix, max(256, 2*len(v.slots)))
	}
	hash := hashValue(object, value)
	mask := uint64(len(v.slots) - 1)
	for i := v.home(hash, value) & mask; ; i = (i + 1) & mask {
		slot := v.slots[i]
		if uint32(slot) == 0 {
			v.count++
			v.slots[i] = hash>>32<<32 | uint64(uint32(write+1))
			break
		}
		v.steps++
		if slot>>32 == hash>>32 {
			w := int32(uint32(slot)) - 1
			if ix.writeValue[w] == value && ix.writeObject[w] == object {
				return w
			}
		}
	}
	if !v.scatter && v.steps > 1000+8*v.count {
		v.scatter = true
		v.grow(ix, len(v.slots))
	}
	return -1
}

// grow moves the entries to a table of another size. The write that is just being added is in ix already.
func (v *valueTable) grow(ix *Index, size int) {
	old := v.slots
	v.slots, v.steps = make([]uint64, size), 0
	mask := uint64(size - 1)
	for _, slot := range old {
		w := int32(uint32(slot)) - 1
		if w < 0 {
			continue
		}
		i := v.home(hashValue(ix.writeObject[w], ix.writeValue[w]), ix.writeValue[w]) & mask
		for uint32(v.slots[i]) != 0 {
			i = (i + 1) & mask
		}
		v.slots[i] = slot
	}
}

func hashValue(object int32, value int64) uint64 {
	return mix(uint64(value) ^ uint64(object)*0xd1b54a32d192ed03)
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014): every bit of
// the result depends on every bit of x.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
