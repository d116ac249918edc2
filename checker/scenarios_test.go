package checker_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

var update = flag.Bool("update", false, "write the golden parts of testdata anew")

// Every history in testdata/scenarios states what must be found in it.
func TestScenarios(t *testing.T) {
	paths, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			s := readScenario(t, path)
			f, err := checker.Check(context.Background(), s.history, s.options())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.words("anomalies"), found(f)); diff != "" {
				t.Errorf("anomalies (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.words("fails"), names(f.Weakest)); diff != "" {
				t.Errorf("weakest models that fail (-want +got):\n%s", diff)
			}
			if want := s.directives["verdict"]; want != "" && want != string(f.Verdict) {
				t.Errorf("verdict %s, want %s (%s)", f.Verdict, want, strings.Join(f.Reasons, "; "))
			}
			world := newWorld
			if s.history.Header.Traces == history.ListAppend {
				world = newListWorld
			}
			if err := verifyFindings(world(s.history), f); err != nil {
				t.Error(err)
			}
			golden := formatFindings(f)
			if *update {
				text := strings.Join(s.head, "\n") + "\n---\n" + golden
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(s.golden, golden); diff != "" {
				t.Errorf("golden part (-want +got; go test -run TestScenarios -update writes it):\n%s", diff)
			}
		})
	}
}

// found returns the anomalies that were found, "none" if none, with "=N" behind those found more than once and "!" behind violations.
func found(f *checker.Findings) []string {
	var ids []string
	for _, a := range f.Anomalies {
		if a.Count == 0 {
			continue
		}
		id := string(a.ID)
		if a.Count > 1 {
			id += fmt.Sprintf("=%d", a.Count)
		}
		if a.Violation && f.Expected.Model != checker.Serializable {
			id += "!"
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return []string{"none"}
	}
	return ids
}

func names(models []checker.Model) []string {
	var all []string
	for _, m := range models {
		all = append(all, string(m))
	}
	slices.Sort(all)
	if len(all) == 0 {
		return []string{"none"}
	}
	return all
}

func formatFindings(f *checker.Findings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "verdict: %s\nholds: %s\n", f.Verdict, strings.Join(names(f.Strongest), " "))
	for _, a := range f.Anomalies {
		for i := range a.Witnesses {
			w := &a.Witnesses[i]
			fmt.Fprintf(&b, "\n%s (%s): %s\n", a.Name, a.Class, w.Sentence)
			for j := range w.Transactions {
				fmt.Fprintf(&b, "  T%d is %s\n", j+1, w.Transactions[j].Name)
			}
			for _, e := range w.Edges {
				fmt.Fprintf(&b, "  T%d --%s--> T%d: %s\n", e.From+1, e.Kind, e.To+1, e.Text)
			}
		}
	}
	for _, i := range f.Invariants {
		fmt.Fprintf(&b, "\ninvariant %s: held %t, expected %d to %d, actual %d, explained %d by %v, violation %t\n  %s\n",
			i.Name, i.Held, i.Expected, i.ExpectedMost, i.Actual, i.Explained, i.ExplainedBy, i.Violation, i.Text)
	}
	return b.String()
}
