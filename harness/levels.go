package harness

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// LevelMix says how often transactions run at each level, in relation to each other.
type LevelMix map[history.Level]int

// Weakest returns the weakest level of the mix, "" if it is empty. It is the one
// that a run with the mix is held to: what any of its transactions may do, the whole may show.
func (m LevelMix) Weakest() history.Level {
	for _, level := range history.Levels() {
		if m[level] > 0 {
			return level
		}
	}
	return ""
}

// String returns the mix as people write it, weakest first: read-committed=3,serializable=1.
func (m LevelMix) String() string {
	var parts []string
	for _, level := range history.Levels() {
		if m[level] > 0 {
			parts = append(parts, string(level)+"="+strconv.Itoa(m[level]))
		}
	}
	return strings.Join(parts, ",")
}

// mostWeight keeps the sum of the weights far from overflowing.
const mostWeight = 1_000_000

// check returns an error for a mix that no transaction could be drawn from.
func (m LevelMix) check() error {
	for level, weight := range m {
		if _, err := databases.LevelSQL(level); err != nil {
			return fmt.Errorf("in the mix of levels: %w", err)
		}
		if weight < 0 || weight > mostWeight {
			return fmt.Errorf("in the mix of levels, %s has the weight %d: it takes from 0 to %d", level, weight, mostWeight)
		}
	}
	if len(m) > 0 && m.Weakest() == "" {
		return fmt.Errorf("the mix of levels is empty: every weight is 0")
	}
	return nil
}

// levels draws the level of one client's transactions.
type levels struct {
	rng *rand.Rand
	mix LevelMix
	sum int
}

func newLevels(mix LevelMix, rng *rand.Rand) *levels {
	l := &levels{rng: rng, mix: mix}
	for _, weight := range mix {
		l.sum += weight
	}
	return l
}

func (l *levels) draw() history.Level {
	n := l.rng.IntN(l.sum)
	for _, level := range history.Levels() {
		if n < l.mix[level] {
			return level
		}
		n -= l.mix[level]
	}
	return "" // not reached: n is less than the sum
}
