package workloads

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// registry has the workloads that All returns. Each workload's file registers its own when the program starts.
var registry struct {
	sync.Mutex
	all []Workload
}

// Register makes a workload known to All and Find. It is called by the init
// function of the file that defines the workload, and panics if the workload
// cannot be run, or if there is one of that name already.
func Register(w Workload) {
	if err := w.check(); err != nil {
		panic(fmt.Sprintf("workloads.Register: %v", err))
	}
	registry.Lock()
	defer registry.Unlock()
	if slices.ContainsFunc(registry.all, func(known Workload) bool { return known.Name == w.Name }) {
		panic(fmt.Sprintf("workloads.Register: there are two workloads %q", w.Name))
	}
	registry.all = append(registry.all, w)
	slices.SortStableFunc(registry.all, func(a, b Workload) int {
		return cmp.Or(cmp.Compare(a.place(), b.place()), cmp.Compare(a.Name, b.Name))
	})
}

// check reports what a workload lacks.
func (w Workload) check() error {
	switch {
	case w.Name == "":
		return fmt.Errorf("a workload without a name")
	case w.New == nil:
		return fmt.Errorf("workload %s has nothing to run", w.Name)
	case len(w.Strategies) == 0:
		return fmt.Errorf("workload %s has no strategy", w.Name)
	}
	return nil
}

// place is where the workload stands in lists: isocheck's own stand first, those that say most at their head.
func (w Workload) place() int { return cmp.Or(w.order, 1000) }

// All returns every workload, those that say most first.
func All() []Workload {
	registry.Lock()
	defer registry.Unlock()
	return slices.Clone(registry.all)
}

// Default returns the workloads of a run that names none.
func Default() []Workload {
	return slices.DeleteFunc(All(), func(w Workload) bool { return !w.Default })
}
