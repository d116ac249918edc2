package checker

import (
	"cmp"
	"slices"
)

// elements finds the write that appended an element to an object: all appends by object, and
// those of one object in the order of their elements.
type elements struct {
	from []int32 // object o's appends are those from from[o] up to from[o+1]
	all  []appended
	// repeated are the writes of an element that another write had appended already.
	repeated []int32
}

// appended is one element of one object, and the write that appended it.
type appended struct {
	element int64
	write   int32
}

// gather takes in the appends of the history, of which nobody then knows what they replaced.
func (e *elements) gather(ix *index) {
	e.from = make([]int32, ix.objects.len()+2)
	for w := range ix.writes {
		write := &ix.writes[w]
		write.previous, write.insert = unplaced, false
		if write.numAssigns > 0 {
			e.from[write.object+2]++
		}
	}
	for object := range ix.objects.len() {
		e.from[object+2] += e.from[object+1]
	}
	e.all = make([]appended, e.from[len(e.from)-1])
	for w := range ix.writes {
		if write := &ix.writes[w]; write.numAssigns > 0 {
			// from[o+1] counts up from the begin of o's appends to their end.
			e.all[e.from[write.object+1]] = appended{ix.assigns[write.assigns].value, int32(w)}
			e.from[write.object+1]++
		}
	}
	e.repeated = e.repeated[:0]
	for object := range ix.objects.len() {
		e.sort(e.all[e.from[object]:e.from[object+1]])
	}
}

// sort puts one object's appends in order. Mostly they are.
func (e *elements) sort(of []appended) {
	order := func(a, b appended) int {
		return cmp.Or(cmp.Compare(a.element, b.element), cmp.Compare(a.write, b.write))
	}
	if !slices.IsSortedFunc(of, order) {
		slices.SortFunc(of, order)
	}
	for i := 1; i < len(of); i++ {
		if of[i].element == of[i-1].element {
			e.repeated = append(e.repeated, of[i].write)
		}
	}
}

// get returns the write that appended the element first, -1 if none did.
func (e *elements) get(object int32, element int64) int32 {
	of := e.all[e.from[object]:e.from[object+1]]
	low, high := 0, len(of)
	for low < high {
		mid := int(uint(low+high) / 2)
		if of[mid].element < element {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(of) && of[low].element == element {
		return of[low].write
	}
	return -1
}
