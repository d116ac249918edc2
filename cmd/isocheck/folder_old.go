package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// ownHistory is what the names of the histories look like that runs and advice write.
var ownHistory = regexp.MustCompile(`^history-[a-z0-9-]+\.jsonl\.zst$`)

// removeOldRun removes what an earlier run left in the same folder: the files named, and of the
// histories those that its findings.json or advice.json names. It returns the names of
// other histories that are there: somebody put them there, or a run that was killed.
func (f *folder) removeOldRun(names ...string) (kept []string, err error) {
	if err := f.removeOld(append(names, f.namedHistories()...)...); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return nil, fmt.Errorf("looking for what an earlier run left: %w", err)
	}
	for _, e := range entries {
		if match, _ := filepath.Match(histories, e.Name()); match { // the pattern is well formed
			kept = append(kept, e.Name())
		}
	}
	return kept, nil
}

// namedHistories are the histories that the folder's findings.json and advice.json name.
func (f *folder) namedHistories() []string {
	var told struct {
		Runs      []struct{ History string }
		Workloads []struct {
			Cells []struct{ History string }
		}
	}
	var names []string
	for _, name := range []string{findingsFile, adviceData} {
		text, err := os.ReadFile(f.file(name))
		if err != nil || json.Unmarshal(text, &told) != nil {
			continue // then it names none
		}
	}
	for _, r := range told.Runs {
		names = append(names, r.History)
	}
	for _, w := range told.Workloads {
		for _, c := range w.Cells {
			names = append(names, c.History)
		}
	}
	// What is read may name any file; what is removed is in the folder, and a history.
	return slices.DeleteFunc(names, func(name string) bool { return !ownHistory.MatchString(name) })
}

// tellKept says that histories in the folder are not from an earlier run that is known.
func tellKept(show *screen, kept []string) {
	for _, name := range kept {
		show.say("%s is left in the folder: no findings.json names it, so it is taken for yours", name)
	}
}
