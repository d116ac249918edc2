package memory

import (
	"fmt"
	"slices"
	"strings"
)

// Anomaly names a kind of anomaly that can be planted, as package checker names it.
type Anomaly string

// Plant is how often to put one anomaly into a history.
//
// Each instance has rows of its own, which no other transaction touches, and is run by
// sessions that have just ended a transaction, while others are in the middle of theirs. The
// instances are spread over the history. Where, in which order, and by which sessions follows from the Config's Seed.
// So there are that many and, if the model rules the anomaly out, no more.
//
// A checker that counts only examples of cycles with session or real-time order, as package checker does, may
// miss some of those where the model allows such cycles, and the history has more of its own.
// In registers a cycle shows only as a model that fails, whatever the number of cycles.
type Plant struct {
	Anomaly Anomaly
	Count   int
}

// needs says what an anomaly needs that not every kind of history has.
type needs uint8

const (
	locks      needs = 1 << iota // locking reads
	predicates                   // reads by predicates
	order                        // the order in which the versions of a row followed each other
	versions                     // rows that carry their versions
)

// has returns what a kind of history has.
func (k Kind) has() needs {
	switch k {
	case Traced:
		return locks | predicates | order | versions
	case Append:
		return order | versions
	case Register:
		return 0
	default:
		return order
	}
}

// plant is how an anomaly is planted.
type plant struct {
	anomaly Anomaly
	class   string // what Adya's thesis, or Berenson et al., call it
	needs   needs
	script  string // see parseScript
}

// plants returns all, worst first. The scripts are the examples of Adya's thesis, of
// Berenson et al., and of Cerone and Gotsman, with a row of T0's for every object to start from.
func plants() []plant {
	return []plant{
		{"dirty-write", "G0", order, "w1(x) w2(x) w2(y) w1(y) c1 c2"},
		{"incompatible-versions", "", order, "w1(x) w2(x/0) c1 c2 r3(x1) c3 r4(x2) c4"},
		{"lost-commit", "", versions, "w1(x) c1 k w2(x/0) c2"},
		{"non-durable-read", "", versions, "w1(x) r2(x1) c2 k u1 w3(x/0) c3"},
		{"garbage-read", "", 0, "r1(x?) c1"},
		{"future-read", "", 0, "r1(x2) w2(x) c2 c1"},
		{"internal-inconsistency", "INT", 0, "w1(x) r1(x0) c1"},
		{"dirty-read", "G1a", 0, "w1(x) r2(x1) a1 c2"},
		{"dirty-update", "", order, "w1(x) w2(x) a1 c2"},
		{"intermediate-read", "G1b", 0, "w1(x) r2(x1.1) w1(x) c1 c2"},
		{"circular-flow", "G1c", 0, "w1(x) w2(y) r1(y2) r2(x1) c1 c2"},
		{"fractured-read", "OTV", 0, "w2(x) w2(y) c2 r1(x2) r1(y0) c1"},
		{"cursor-lost-update", "G-cursor", locks, "l1(x0) w2(x) c2 w1(x) c1"},
		{"lost-update", "P4", 0, "r1(x0) r2(x0) w2(x) c2 w1(x) c1"},
		{"non-repeatable-read", "P2", 0, "r1(x0) w2(x) c2 r1(x2) c1"},
		{"phantom", "P3", predicates, "s1() i2(x) c2 s1(x2) c1"},
		{"read-skew", "G-single", 0, "r1(x0) w2(x) w2(y) c2 r1(y2) c1"},
		{"long-fork", "G-nonadjacent", 0, "b3 b4 w1(x) w2(y) c1 c2 r3(x1) r3(y0) r4(y2) r4(x0) c3 c4"},
		{"write-skew", "G2-item", 0, "r1(x0) r2(y0) w1(y) w2(x) c1 c2"},
		{"predicate-write-skew", "G2", predicates, "s1() s2() i1(x) i2(y) c1 c2"},

		{"dirty-write-session", "G0-session", order, "1>2 w1(x/2) c1 w2(x/0) c2"},
		{"circular-flow-session", "G1c-session", 0, "1>2 w3(x) r1(x3) c1 w2(y) c2 r3(y2) c3"},
		{"read-skew-session", "G-single-session", 0, "1>2 w1(x) c1 r2(x0) c2"},
		{"long-fork-session", "G-nonadjacent-session", 0, "4>5 w1(x) w2(y) r3(x1) r3(y0) r4(y2) c4 r5(x0) c5 c3 c1 c2"},
		{"write-skew-session", "G2-item-session", 0, "3>1 r2(y0) w3(y) c3 r1(x0) c1 w2(x) c2"},
		{"predicate-write-skew-session", "G2-session", predicates, "3>1 r2(y0) w3(y) c3 s1() c1 i2(x) c2"},

		{"dirty-write-real-time", "G0-real-time", order, "w1(x/2) c1 w2(x/0) c2"},
		{"circular-flow-real-time", "G1c-real-time", 0, "w3(x) r1(x3) c1 w2(y) c2 r3(y2) c3"},
		{"read-skew-real-time", "G-single-real-time", 0, "w1(x) c1 r2(x0) c2"},
		{"long-fork-real-time", "G-nonadjacent-real-time", 0, "w1(x) w2(y) r3(x1) r3(y0) r4(y2) c4 r5(x0) c5 c3 c1 c2"},
		{"write-skew-real-time", "G2-item-real-time", 0, "r2(y0) w3(y) c3 r1(x0) c1 w2(x) c2"},
		{"predicate-write-skew-real-time", "G2-real-time", predicates, "r2(y0) w3(y) c3 s1() c1 i2(x) c2"},
	}
}

// Anomalies returns every anomaly that can be planted in a history of some kind.
func Anomalies() []Anomaly {
	var all []Anomaly
	for _, p := range plants() {
		all = append(all, p.anomaly)
	}
	return all
}

// AnomalyOf returns the anomaly that has the name, or the formal class; not ok if none has.
func AnomalyOf(name string) (_ Anomaly, ok bool) {
	for _, p := range plants() {
		if strings.EqualFold(name, string(p.anomaly)) || p.class != "" && strings.EqualFold(name, p.class) {
			return p.anomaly, true
		}
	}
	return "", false
}

// CanHave returns an error that says why histories of the kind cannot have the anomaly, nil if they can.
func (k Kind) CanHave(a Anomaly) error {
	all := plants()
	n := slices.IndexFunc(all, func(p plant) bool { return p.anomaly == a })
	if n < 0 {
		return fmt.Errorf("unknown anomaly %q; known are %s", a, join(Anomalies()))
	}
	var why string
	switch missing := all[n].needs &^ k.has(); {
	case missing&predicates != 0:
		why = "it takes reads by predicates, which only traced histories have"
	case missing&locks != 0:
		why = "it takes locking reads, which only traced histories have"
	case missing&versions != 0:
		why = "it takes rows that carry their versions"
	case missing&order != 0:
		why = "registers do not show in what order they were written"
	default:
		return nil
	}
	return fmt.Errorf("%s cannot be planted in a history of kind %s: %s", a, k, why)
}

func (c Config) checkPlants() error {
	for _, p := range c.Plant {
		if err := c.Kind.CanHave(p.Anomaly); err != nil {
			return err
		}
		if p.Count < 0 {
			return fmt.Errorf("%s is to be planted %d times", p.Anomaly, p.Count)
		}
	}
	if len(c.Plant) > 0 && c.Keys >= firstPlantKey {
		return fmt.Errorf("at most %d keys where anomalies are planted", firstPlantKey-1)
	}
	return nil
}

// scripts returns how each of the Config's anomalies is planted.
func (c Config) scripts() map[Anomaly]*script {
	scripts := map[Anomaly]*script{}
	for _, p := range plants() {
		if slices.ContainsFunc(c.Plant, func(asked Plant) bool { return asked.Anomaly == p.anomaly }) {
			scripts[p.anomaly] = parseScript(p.script, c.Kind)
		}
	}
	return scripts
}

// plantClients returns how many sessions at once the planted anomalies take.
func (c Config) plantClients() int {
	most := 0
	for _, s := range c.scripts() {
		most = max(most, s.clients)
	}
	return most
}

// planted says what is planted, as the header has it.
func (c Config) planted() string {
	var all []string
	for _, p := range c.Plant {
		all = append(all, fmt.Sprintf("%s=%d", p.Anomaly, p.Count))
	}
	return strings.Join(all, ",")
}
