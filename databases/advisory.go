package databases

import "hash/fnv"

// AdvisoryBase returns the number that the keys of a namespace's advisory locks
// are counted from. Advisory locks have no namespaces of their own: their keys are
// drawn from 2^63 places, so that nobody else's on the same server are met.
func AdvisoryBase(namespace string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(namespace)) // a hash never fails
	return int64(h.Sum64() >> 1)
}
