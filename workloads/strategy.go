package workloads

// guards are the strategies of one workload, the default first, each with the
// part of a transaction that it decides: a function, or no more than a lock mode.
type guards[G any] []guard[G]

// guard is one strategy.
type guard[G any] struct {
	name, summary string
	does          G
}

// strategies are the guards as everybody else sees them.
func (g guards[G]) strategies() []Strategy {
	all := make([]Strategy, len(g))
	for i, s := range g {
		all[i] = Strategy{Name: s.name, Summary: s.summary}
	}
	return all
}

// named is what the strategy of that name does; Complete has seen to it that there is one.
func (g guards[G]) named(name string) G {
	for _, s := range g {
		if s.name == name {
			return s.does
		}
	}
	return g[0].does
}
