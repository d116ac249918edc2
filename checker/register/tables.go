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

// valueTable finds the write of a value to an object. The writes themselves are in the index.
type valueTable struct {
	slots []uint64 // high half: part of the hash; low half: write plus one, 0 where free
	count int
}

// find returns the write of the value to the object, -1 if there is none so far.
func (v *valueTable) find(ix *Index, object int32, value int64) int32 {
	if len(v.slots) == 0 {
		return -1
	}
	mask := uint64(len(v.slots) - 1)
	hash := hashValue(object, value)
	for i := hash & mask; ; i = (i + 1) & mask {
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

// add enters a write that find does not find.
func (v *valueTable) add(ix *Index, write int32) {
	if 3*v.count >= 2*len(v.slots) {
		v.grow(ix)
	}
	v.count++
	v.place(hashValue(ix.writeObject[write], ix.writeValue[write]), write)
}

func (v *valueTable) place(hash uint64, write int32) {
	mask := uint64(len(v.slots) - 1)
	i := hash & mask
	for uint32(v.slots[i]) != 0 {
		i = (i + 1) & mask
	}
	v.slots[i] = hash>>32<<32 | uint64(uint32(write+1))
}

func (v *valueTable) grow(ix *Index) {
	old := v.slots
	v.slots = make([]uint64, max(256, 2*len(old)))
	for _, slot := range old {
		if w := int32(uint32(slot)) - 1; w >= 0 {
			v.place(hashValue(ix.writeObject[w], ix.writeValue[w]), w)
		}
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
