package main

import (
	"cmp"
	"slices"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/workloads"
)

// inRunOrder puts a folder's histories into the order in which a run does them:
// by level, weakest first, and at each level by workload. Those of which neither
// is known, and those that cannot be read, come last, by name.
func inRunOrder(files []string, format formats.Format) {
	type place struct{ level, workload int }
	places := map[string]place{}
	names := workloadNames(workloads.All())
	for _, file := range files {
		var h history.Header
		if src, _, err := openHistory(file, format); err == nil {
			if header, err := readHeader(src); err == nil {
				h = *header
			}
		}
		places[file] = place{orLast(slices.Index(history.Levels(), h.Level)), orLast(slices.Index(names, h.Workload))}
	}
	slices.SortStableFunc(files, func(a, b string) int {
		p, q := places[a], places[b]
		return cmp.Or(cmp.Compare(p.level, q.level), cmp.Compare(p.workload, q.workload))
	})
}

// orLast makes the index of what was not found one behind all others.
func orLast(index int) int {
	if index < 0 {
		return 1 << 30
	}
	return index
}
