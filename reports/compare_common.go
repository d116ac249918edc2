package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// ground is one thing that can be run on a subject: a workload at a level, whatever its strategy, or a probe.
type ground struct {
	level           history.Level
	workload, probe string
	on              []int    // the subjects that it was run on
	strategies      []string // of each of those
}

// workloadOf is a workload's name without its strategy.
func workloadOf(name string) string {
	workload, _, _ := strings.Cut(name, " ")
	return workload
}

// grounds returns all that was run on any subject, by level.
func (d *ComparisonDocument) grounds() []ground {
	var all []ground
	note := func(g ground, subject int, strategy string) {
		at := slices.IndexFunc(all, func(h ground) bool {
			return h.level == g.level && strings.EqualFold(h.workload, g.workload) && h.probe == g.probe
		})
		if at < 0 {
			at, all = len(all), append(all, g)
		}
		own := &all[at]
		if last := len(own.on) - 1; last >= 0 && own.on[last] == subject {
			own.strategies[last] += "+" + strategy
			return
		}
		own.on, own.strategies = append(own.on, subject), append(own.strategies, strategy)
	}
	for _, table := range d.Levels {
		for i, head := range table.Heads {
			for _, w := range head.Workloads {
				note(ground{level: table.Level, workload: workloadOf(w)}, i, w)
			}
		}
	}
	for _, row := range d.Probes {
		for i, c := range row.Cells {
			if c.State != "" {
				note(ground{level: row.Level, probe: row.Name}, i, "")
			}
		}
	}
	return all
}

// Uncompared returns the indices of the subjects of which nothing was compared: no workload at
// any level, and no probe, was run on them and on another.
func (d *ComparisonDocument) Uncompared() []int {
	shared := map[int]bool{}
	for _, g := range d.grounds() {
		if len(g.on) > 1 {
			for _, i := range g.on {
				shared[i] = true
			}
		}
	}
	var alone []int
	for i := range d.Subjects {
		if !shared[i] {
			alone = append(alone, i)
		}
	}
	return alone
}

// OnlyInOne names what the last subject was run with and the first was not, or the
// other way round, "" where there is nothing of the kind.
func (d *ComparisonDocument) OnlyInOne() string {
	var one []ground
	all := d.grounds()
	for _, g := range all {
		if slices.Contains(g.on, 0) != slices.Contains(g.on, len(d.Subjects)-1) {
			one = append(one, g)
		}
	}
	return groundsText(one, all)
}

// scope says what the comparison of the subjects, that have something in common, rests on:
// "" where that is all that was run on any of them.
func (d *ComparisonDocument) scope(compared []int) string {
	all := d.grounds()
	var mine, shared []ground
	pairs, whole := false, true
	for _, g := range all {
		n := 0
		for _, i := range g.on {
			if slices.Contains(compared, i) {
				n++
			}
		}
		if n > 0 {
			mine = append(mine, g)
		}
		if n > 1 {
			shared = append(shared, g)
			whole = whole && !g.mixed()
			pairs = pairs || n < len(compared)
		}
	}
	if len(shared) == len(mine) && !pairs && whole {
		return ""
	}
	who := "both"
	switch {
	case pairs:
		who = "two of them at least"
	case len(compared) > 2:
		who = "each of them"
	}
	return "what was run on " + who + ": " + groundsText(shared, mine)
}

// mixed reports whether not all subjects ran the workload in the same strategies.
func (g *ground) mixed() bool {
	return slices.ContainsFunc(g.strategies, func(s string) bool { return !strings.EqualFold(s, g.strategies[0]) })
}

// groundsText names workloads and probes by level, of all that there are: "counter and bank at
// read committed; all 3 workloads and 2 probes at serializable".
func groundsText(some, all []ground) string {
	var texts []string
	for _, level := range groundLevels(some) {
		names, probes := groundsAt(some, level)
		every, _ := groundsAt(all, level)
		if len(names) > 3 && len(names) == len(every) && !slices.ContainsFunc(some, func(g ground) bool { return g.mixed() }) {
			names = []string{"all " + number(len(names)) + " workloads"}
		}
		if probes > 0 {
			names = append(names, counted(probes, "probe"))
		}
		texts = append(texts, list(names)+" at "+levelName(level))
	}
	return strings.Join(texts, "; ")
}

// groundsAt returns the workloads of a level, and how many probes.
func groundsAt(of []ground, level history.Level) (workloads []string, probes int) {
	for _, g := range of {
		switch {
		case g.level != level:
		case g.probe != "":
			probes++
		case g.workload == "":
			workloads = append(workloads, "a history of no workload")
		case g.mixed():
			workloads = append(workloads, g.workload+" (in different strategies)")
		default:
			workloads = append(workloads, strings.ReplaceAll(g.strategies[0], "+", ", "))
		}
	}
	return workloads, probes
}

func groundLevels(of []ground) []history.Level {
	var levels []history.Level
	for _, l := range history.Levels() {
		if slices.ContainsFunc(of, func(g ground) bool { return g.level == l }) {
			levels = append(levels, l)
		}
	}
	for _, g := range of {
		if !slices.Contains(levels, g.level) {
			levels = append(levels, g.level)
		}
	}
	return levels
}

// ranAny reports whether any of the workloads was run: a subject that ran others could not show what they show.
func (h *LevelHead) ranAny(workloads []string) bool {
	return slices.ContainsFunc(workloads, func(w string) bool {
		return slices.ContainsFunc(h.Workloads, func(own string) bool { return strings.EqualFold(workloadOf(own), workloadOf(w)) })
	})
}
