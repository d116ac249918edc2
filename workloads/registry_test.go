package workloads

import (
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/databases"
)

func TestDefault(t *testing.T) {
	var names []string
	for _, w := range Default() {
		names = append(names, w.Name)
	}
	if want := []string{"counter", "bank", "predicate", "append"}; !slices.Equal(names, want) {
		t.Errorf("a run that names no workload runs %v, not %v", names, want)
	}
}

func TestRegisterRefuses(t *testing.T) {
	runs := func(Params) Instance { return Instance{} }
	one := []Strategy{{Name: "plain", Summary: "does nothing"}}
	for _, test := range []struct {
		name, want string
		w          Workload
	}{
		{"no name", "without a name", Workload{New: runs, Strategies: one}},
		{"nothing to run", "mine has nothing to run", Workload{Name: "mine", Strategies: one}},
		{"no strategy", "mine has no strategy", Workload{Name: "mine", New: runs}},
		{"a name twice", `two workloads "bank"`, Workload{Name: "bank", New: runs, Strategies: one}},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if said, _ := recover().(string); !strings.Contains(said, test.want) {
					t.Errorf("Register says %q, not %q", said, test.want)
				}
			}()
			Register(test.w)
		})
	}
}

// All gives each caller a list of its own.
func TestAllIsACopy(t *testing.T) {
	first := All()
	first[0].Name = "changed"
	if All()[0].Name != "counter" {
		t.Error("a caller of All can change what others get")
	}
}

func TestMissing(t *testing.T) {
	for _, test := range []struct {
		workload          Workload
		strategy, product string
		want              []databases.Feature
	}{
		{Bank(), "deferrable", "mysql", []databases.Feature{databases.Deferrable}},
		{Bank(), "deferrable", "postgres", nil},
		{Bank(), "plain", "mysql", nil},
		{Queue(), "skip-locked", "mariadb", nil},
	} {
		if got := test.workload.Missing(test.strategy, test.product); !slices.Equal(got, test.want) {
			t.Errorf("%s %s misses %v on %s, not %v", test.workload.Name, test.strategy, got, test.product, test.want)
		}
	}
}

// What a strategy says of all its transactions is so of each.
func TestStrategiesApply(t *testing.T) {
	each(t, func(t *testing.T, w Workload, p Params) {
		at := slices.IndexFunc(w.Strategies, func(s Strategy) bool { return s.Name == p.Strategy })
		s := w.Strategies[at]
		next := w.New(p).Client(1, rngOf(1, 1))
		for range 200 {
			txn := next()
			if txn.Retries != s.Retries {
				t.Fatalf("%s is tried again %d times, not %d", txn.Name, txn.Retries, s.Retries)
			}
			if s.Level != "" && txn.Options.Level != s.Level {
				t.Fatalf("%s runs at %q, not at %s", txn.Name, txn.Options.Level, s.Level)
			}
		}
	})
}
