package workloads

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	for _, w := range All() {
		if found, err := Find(w.Name); err != nil || found.Name != w.Name {
			t.Errorf("Find(%q) = %q, %v", w.Name, found.Name, err)
		}
	}
	for _, test := range []struct{ name, want string }{
		{"conter", `unknown workload "conter": did you mean counter? Known are counter, bank, predicate, on-call, claim, queue, inventory, append, register`},
		{"BANK", "did you mean bank?"},
		{"predicates", "did you mean predicate?"},
		{"warehouse", `unknown workload "warehouse"; known are counter,`},
		{"", `unknown workload ""; known are`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Find(test.name)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Find(%q): %v, wanted %s", test.name, err, test.want)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	p, err := Counter().Complete(Params{})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Params{Strategy: "plain", Clients: DefaultClients, AbortShare: DefaultAbortShare, Keys: 4, Distribution: Uniform, ReadShare: 0.25}); p != want {
		t.Errorf("the defaults are %+v, not %+v", p, want)
	}
	for _, test := range []struct {
		name string
		p    Params
		want string
	}{
		{"strategy", Params{Strategy: "atmic"}, `unknown strategy of workload counter "atmic": did you mean atomic? Known are plain, atomic, for-update`},
		{"clients", Params{Clients: -1}, "-1 clients: it takes from 1 to 8191"},
		{"abort share", Params{AbortShare: 1.5}, "a share of 1.5"},
		{"keys", Params{Keys: 1}, "1 key for workload counter: it takes from 2"},
		{"reads", Params{ReadShare: 2}, "a share of 2 cannot be reads"},
		{"distribution", Params{Distribution: "zipff"}, `unknown distribution of keys "zipff": did you mean zipf?`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Counter().Complete(test.p)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, not %s", err, test.want)
			}
		})
	}
}

func TestEdits(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"counter", "conter", 1}, {"bank", "bnak", 2},
	} {
		if got := edits(test.a, test.b); got != test.want {
			t.Errorf("edits(%q, %q) = %d, not %d", test.a, test.b, got, test.want)
		}
	}
}

func TestEditsIsADistance(t *testing.T) {
	word := rapid.StringMatching(`[ab]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if edits(a, a) != 0 || edits(a, b) != edits(b, a) || edits(a, c) > edits(a, b)+edits(b, c) {
			t.Fatalf("not a distance: %q %q %q", a, b, c)
		}
	})
}

// Every client's fresh keys differ from all others', and from those of the first rows.
func TestFreshKeys(t *testing.T) {
	seen := map[int64]bool{}
	for _, client := range []int{1, 2, 8191} {
		next := FreshKeys(client)
		for range 1000 {
			key := next()
			if seen[key] || key <= mostKeys*roomInGroup || key >= 1<<53 {
				t.Fatalf("client %d got key %d", client, key)
			}
			seen[key] = true
		}
	}
}
