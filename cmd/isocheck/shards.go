package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/reports"
)

// group is one history: one file, or the shards of one run that several machines recorded.
type group struct {
	header history.Header
	files  []string
	source history.Source
	format formats.Format
	piped  *spool // where those of the files are that came through a pipe
}

// groupFiles reads the headers of the files, and puts those that are one history
// together. Of the empty format each file's is found out by its content. open is openHistory, or does more.
func groupFiles(args []string, format formats.Format, open opener) ([]*group, error) {
	files, err := expandFolders(args, format)
	if err != nil {
		return nil, err
	}
	var groups []*group
	for _, file := range files {
		src, format, err := open(file, format)
		if err != nil {
			return nil, err
		}
		h, err := readHeader(src)
		if err != nil {
			return nil, err
		}
		home := &group{header: *h, source: src, format: format}
		for _, g := range groups {
			if g.sameAs(h) {
				home = g
			}
		}
		if len(home.files) == 0 {
			groups = append(groups, home)
		}
		if home.files = append(home.files, file); len(home.files) > 1 {
			home.source = history.Files(home.files...)
		}
	}
	return groups, nil
}

// sameAs reports whether a file with the header is a shard of the group's history.
func (g *group) sameAs(h *history.Header) bool {
	return h.Run != "" && g.header.Run == h.Run && g.header.Workload == h.Workload &&
		g.header.Strategy == h.Strategy && g.header.Level == h.Level
}

// expandFolders replaces each folder by the histories in it, unless the folder itself is
// one. A file that is named twice is taken once.
func expandFolders(args []string, format formats.Format) ([]string, error) {
	var files []string
	var seen []os.FileInfo
	for _, arg := range args {
		found := []string{arg}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("reading the history: %w", err)
		}
		if info.IsDir() && !isHistoryFolder(arg, format) {
			if found, err = historiesIn(arg); err != nil {
				return nil, err
			}
			inRunOrder(found, format)
		}
		for _, file := range found {
			info, err := os.Stat(file)
			if err != nil {
				return nil, fmt.Errorf("reading the history: %w", err)
			}
			if !sameFile(seen, info) {
				files, seen = append(files, file), append(seen, info)
			}
		}
	}
	return files, nil
}

func sameFile(seen []os.FileInfo, info os.FileInfo) bool {
	for _, s := range seen {
		if os.SameFile(s, info) {
			return true
		}
	}
	return false
}

// historiesIn returns the histories in a folder, in the order of their names.
func historiesIn(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("looking for histories: %w", err)
	}
	var files []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".jsonl") || strings.HasSuffix(e.Name(), ".jsonl.zst") {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no histories in %s: their names end in .jsonl or .jsonl.zst", folder)
	}
	return files, nil
}

func readHeader(src history.Source) (*history.Header, error) {
	s, err := src.Open()
	if err != nil {
		return nil, err
	}
	h := *s.Header()
	return &h, s.Close()
}

// check checks the group's history. What the flags leave open is as the history remembers it.
func (g *group) check(ctx context.Context, f *expectFlags) (reports.Run, error) {
	recalled := f.recall(g.header.Params)
	e, err := parseExpectation(&recalled)
	if err != nil {
		return reports.Run{}, fmt.Errorf("%s: %w", g.name(), err)
	}
	run, err := checkSource(ctx, e, g.source, checker.Watch{})
	if err != nil {
		return run, g.named(err)
	}
	return run, nil
}

// link names the run's history, and its files as a report in the folder links to them; without
// a folder as they were named. What came through a pipe has no file.
func (g *group) link(run *reports.Run, from *folder) {
	var names []string
	for _, file := range g.files {
		name := g.piped.rename(file)
		if name == file {
			if from != nil {
				name = cmp.Or(linkTo(from.path, file), file)
			}
			run.Files = append(run.Files, name)
		}
		names = append(names, name)
	}
	run.History = strings.Join(names, " + ")
}

// named puts the group's name before the error, unless the error names the place in a file of the group.
func (g *group) named(err error) error {
	for _, file := range g.files {
		if strings.Contains(err.Error(), file+":") {
			return err
		}
	}
	return fmt.Errorf("%s: %w", g.name(), err)
}

// name is what the group is called: its files.
func (g *group) name() string { return g.piped.rename(strings.Join(g.files, " + ")) }

// title names what the groups were recorded from.
func title(groups []*group) string {
	var names []string
	for _, g := range groups {
		if g.format != formats.Isocheck {
			names = append(names, g.name())
			continue
		}
		name := strings.TrimSpace(g.header.Database + " " + g.header.ServerVersion)
		if g.header.Level != "" {
			name += " at " + string(g.header.Level)
		}
		names = append(names, name)
	}
	return strings.Join(unique(names), ", ")
}

// checkSource checks a history, and sums up how the run went.
func checkSource(ctx context.Context, e expectation, src history.Source, watch checker.Watch) (reports.Run, error) {
	var run reports.Run
	c, err := count(src)
	if err != nil {
		return run, err
	}
	options, err := e.options(c.first.Header())
	if err != nil {
		return run, errors.Join(err, c.first.Close())
	}
	options.Watch = watch
	run.Findings, err = checker.Check(ctx, c, options)
	c.summarise(&run)
	return run, err
}
