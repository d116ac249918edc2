package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
)

// cutOut writes each witness of a group's findings into a file of its own in the folder.
func (a *app) cutOut(ctx context.Context, show *screen, dir string, g *group, f *checker.Findings) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder for what is cut out: %w", err)
	}
	name := filepath.Base(g.files[0])
	for _, ending := range []string{".zst", ".jsonl"} {
		name = strings.TrimSuffix(name, ending)
	}
	files := 0
	err := checker.CutOutAll(ctx, g.source, f, func(anomaly *checker.Anomaly, n int, h *history.History) error {
		files++
		file := filepath.Join(dir, fmt.Sprintf("%s-%s-%d.jsonl", name, anomaly.ID, n+1))
		_, err := formats.Write(ctx, file, formats.Isocheck, h, formats.Options{})
		return err
	})
	if err != nil {
		return fmt.Errorf("cutting the witnesses out of %s: %w", g.name(), err)
	}
	show.say("Cut %s out of %s into %s", witnesses(files), g.name(), dir)
	return nil
}

func witnesses(n int) string {
	if n == 1 {
		return "1 witness"
	}
	return fmt.Sprintf("%d witnesses", n)
}

func hasWitnesses(f *checker.Findings) bool {
	return slices.ContainsFunc(f.Anomalies, func(a checker.Anomaly) bool { return len(a.Witnesses) > 0 })
}
