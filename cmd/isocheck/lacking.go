package main

import (
	"fmt"
	"slices"
)

// leaveOutLacking leaves out the workloads whose strategy does not exist on the
// product, and remembers why. It is a usage error if none is left.
func (p *plan) leaveOutLacking(product string) error {
	left := slices.DeleteFunc(slices.Clone(p.workloads), func(g guarded) bool {
		needs := g.workload.Missing(g.strategy, product)
		if len(needs) > 0 {
			p.lacking = append(p.lacking, fmt.Sprintf("%s %s, which needs %s", g.workload.Name, g.strategy, joined(texts(needs))))
		}
		return len(needs) > 0
	})
	if len(left) == 0 && len(p.lacking) > 0 {
		return usagef("there is no %s, on %s", joined(p.lacking), product)
	}
	p.workloads = left
	return nil
}
