package workloads

// slots are the keys that one client uses now: one for each of a number of
// slots. When the client has itself seen that a key is used up, it goes on with the
// slot's next one. So all clients are at the same keys, on however many
// machines, without telling each other, and nothing grows long.
type slots struct {
	used []int64 // how many keys of each slot are used up
}

func newSlots(n int) *slots { return &slots{used: make([]int64, n)} }

// key is the key of a slot, from 1 on, now.
func (s *slots) key(slot int64) int64 {
	return s.used[slot-1]*int64(len(s.used)) + slot
}

// usedUp goes on with the next key of the slot, if the slot is still at this one.
func (s *slots) usedUp(slot, key int64) {
	if s.key(slot) == key {
		s.used[slot-1]++
	}
}
