package checker

// progress is a stream that knows how far it has come. Files do, and histories in memory.
type progress interface {
	// Progress returns the share of the history that was given out, from 0 to 1; 0 if it is not known.
	Progress() float64
}

// smallArray is up to how many elements an array grows without asking how long the history is.
const smallArray = 1 << 14

// push appends one element to an array of the index. Such an array, of a history of
// millions of transactions, would be most of the cost of loading if it grew as
// slices do, by a quarter at a time: here it gets the size that it will have in the end, as
// far as that can be told. Memory that was asked for and is never written to costs nothing.
func push[T any](all []T, one T, read progress) []T {
	if len(all) == cap(all) {
		all = larger(all, read)
	}
	return append(all, one)
}

// larger moves an array to a larger place.
func larger[T any](all []T, read progress) []T {
	size := max(64, 2*len(all))
	if len(all) >= smallArray && read != nil {
		if share := read.Progress(); share > 0 {
			// At most sixteen times as large: the beginning may not be like the rest.
			size = int(min(max(1.04*float64(len(all))/share, 1.02*float64(len(all))), 16*float64(len(all)))) + 64
		}
	}
	grown := make([]T, len(all), size)
	copy(grown, all)
	return grown
}

// bitSet is a set of small numbers.
type bitSet []uint64

func (b *bitSet) add(n int32) {
	for int(n>>6) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[n>>6] |= 1 << (n & 63)
}

func (b bitSet) has(n int32) bool {
	return int(n>>6) < len(b) && b[n>>6]&(1<<(n&63)) != 0
}
