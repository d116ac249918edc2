package checker

// objects numbers the rows of a history in the order in which they are first
// named. It is an open-addressing hash table over two flat arrays: a Go map
// would be most of the cost of loading a history.
type objects struct {
	table []int32 // by object
	key   []int64
	slots []int32 // object plus one, 0 where free; the length is a power of two
	// dense are, by table, the objects whose keys are small numbers, as most are: they are found with one look.
	dense []denseObjects
}

// denseObjects are objects of one table.
type denseObjects struct {
	objects []int32 // by key: the object plus one, 0 where it is not here
	count   int     // of all objects of the table
}

// len returns how many objects there are.
func (o *objects) len() int { return len(o.key) }

// intern returns the number of an object, a new one when it is new.
func (o *objects) intern(table int32, key int64) int32 {
	if int(table) < len(o.dense) {
		if d := o.dense[table].objects; uint64(key) < uint64(len(d)) && d[key] > 0 {
			return d[key] - 1
		}
	}
	return o.internSparse(table, key)
}

// internSparse is intern by the hash table, which has all objects.
func (o *objects) internSparse(table int32, key int64) int32 {
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
			for int(table) >= len(o.dense) {
				o.dense = append(o.dense, denseObjects{})
			}
			o.dense[table].count++
			o.makeDense(table, key, n)
			return n
		}
		if o.key[n] == key && o.table[n] == table {
			o.makeDense(table, key, n)
			return n
		}
	}
}

// makeDense makes an object findable by its key, if that is no larger than a small multiple of how
// many objects its table has.
func (o *objects) makeDense(table int32, key int64, n int32) {
	d := &o.dense[table]
	most := int64(2*d.count + 64)
	if key < 0 || key >= most {
		return
	}
	if key >= int64(len(d.objects)) {
		larger := make([]int32, most)
		copy(larger, d.objects)
		d.objects = larger
	}
	d.objects[key] = n + 1
}

func (o *objects) grow() {
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

func hashObject(table int32, key int64) uint64 {
	return mix(uint64(key) ^ uint64(table)<<56)
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014): every bit of
// the result depends on every bit of x.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
