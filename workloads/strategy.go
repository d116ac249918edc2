package workloads

import (
	"math/rand/v2"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// guards are the strategies of one workload, the default first, each with the
// part of a transaction that it decides: a function, or no more than a lock mode.
type guards[G any] []guard[G]

// guard is one strategy.
type guard[G any] struct {
	Strategy
	does G
}

// strategies are the guards as everybody else sees them.
func (g guards[G]) strategies() []Strategy {
	all := make([]Strategy, len(g))
	for i, s := range g {
		all[i] = s.Strategy
	}
	return all
}

// named is the strategy of that name; Complete has seen to it that there is one.
func (g guards[G]) named(name string) guard[G] {
	for _, s := range g {
		if s.Name == name {
			return s
		}
	}
	return g[0]
}

// clients makes what all transactions of a strategy have in common so of each
// transaction that a client draws.
func (s Strategy) clients(client func(client int, rng *rand.Rand) Generator) func(int, *rand.Rand) Generator {
	return func(n int, rng *rand.Rand) Generator {
		next := client(n, rng)
		return func() Transaction {
			t := next()
			t.Retries = s.Retries
			if s.Level != "" {
				t.Options.Level = s.Level
			}
			return t
		}
	}
}

// tries is how often a strategy that has to reckon with being refused tries
// again before it gives up: so often that it hardly ever has to.
const tries = 10

// retried is a strategy that tries again what was refused. Only what a
// programmer writes first does not.
func retried(name, summary string, needs ...databases.Feature) Strategy {
	return Strategy{Name: name, Summary: summary, Needs: needs, Retries: tries}
}

// plain is the strategy of what a programmer writes first.
func plain(summary string) Strategy { return Strategy{Name: "plain", Summary: summary} }

// serializableRetry is the strategy of leaving it all to the database.
func serializableRetry() Strategy {
	return Strategy{
		Name: "serializable-retry", Level: history.Serializable, Retries: tries,
		Summary: "as plain, but at SERIALIZABLE whatever level the run is at, and tries again what the database refuses",
	}
}
