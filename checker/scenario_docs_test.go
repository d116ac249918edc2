package checker_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
)

// Every anomaly, and every variant of one, has its smallest history in the doc comment of the file that
// finds it, and that comment names the scenario which tests it.
func TestEveryAnomalyIsDocumented(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`testdata/scenarios/([a-z0-9-]+)\.txt`)
	shown := map[string]bool{}
	for _, path := range sources {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllStringSubmatch(string(text), -1) {
			s := readScenario(t, filepath.Join("testdata", "scenarios", name[1]+".txt"))
			for _, word := range s.words("anomalies") {
				id, _, _ := strings.Cut(strings.TrimSuffix(word, "!"), "=")
				shown[id] = true
			}
		}
	}
	for _, id := range checker.AnomalyIDs() {
		if !shown[string(id)] {
			t.Errorf("%s: no doc comment names a scenario that shows it", id)
		}
	}
}

// A model is ruled out by an anomaly, and what rules it out was found: for each that fails the findings say why.
func TestFailingModelsSayWhy(t *testing.T) {
	paths, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		s := readScenario(t, path)
		f, err := checker.Check(context.Background(), s.history, s.options())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range f.Models {
			base, _ := m.Model.Split()
			found := slices.ContainsFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == m.RuledOutBy && a.Count > 0 })
			if !m.Holds && !found {
				t.Errorf("%s: %s fails by %q, which was not found", path, m.Model, m.RuledOutBy)
			}
			if m.Holds && m.RuledOutBy != "" {
				t.Errorf("%s: %s holds, and is ruled out by %s", path, m.Model, m.RuledOutBy)
			}
			for _, other := range f.Models {
				if m.Holds && !other.Holds && m.Model.Includes(other.Model) {
					t.Errorf("%s: %s holds, and the weaker %s does not", path, m.Model, other.Model)
				}
			}
			if m.Holds == slices.ContainsFunc(f.Weakest, func(w checker.Model) bool { return m.Model.Includes(w) }) {
				t.Errorf("%s: %s (%s): the border of models says otherwise", path, m.Model, base)
			}
		}
	}
}
