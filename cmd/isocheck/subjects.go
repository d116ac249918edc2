package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/reports"
)

// The files that a comparison writes.
const (
	compareFile = "compare.html"
	compareData = "compare.json"
)

// savedSubject reads the findings of a folder of results.
func savedSubject(dir string) (reports.Subject, error) {
	s := reports.Subject{Name: dir}
	path := filepath.Join(dir, findingsFile)
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		if _, other := os.Stat(filepath.Join(dir, compareData)); other == nil {
			return s, fmt.Errorf("%s holds a comparison; name the folders in it", dir)
		}
		return s, fmt.Errorf("%s holds no results: there is no %s in it (isocheck check --out DIR makes one of histories)", dir, findingsFile)
	}
	if err != nil {
		return s, err
	}
	defer func() { _ = file.Close() }()
	if s.Report, err = reports.ReadJSON(file); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	if page := filepath.Join(dir, reportFile); exists(page) {
		s.Link = page
	}
	return s, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// contender is one side of a comparison: results that were saved, or a plan to run.
type contender struct {
	name  string
	saved *reports.Subject
	plan  *plan
	// folder is that of its results, in the comparison's.
	folder string
}

// contenders understands the arguments of isocheck compare. All plans have the same seed.
func contenders(f *flags, args, dsns []string) ([]contender, error) {
	var all []contender
	for _, arg := range args {
		if !isDatabase(arg) {
			s, err := savedSubject(arg)
			if err != nil && !exists(arg) {
				return nil, notToCompare(arg)
			}
			if err != nil {
				return nil, usagef("%v", err)
			}
			all = append(all, contender{name: arg, saved: &s})
			continue
		}
		own := *f
		var via string
		if own.db, via, _ = strings.Cut(arg, "@"); via != "" {
			own.via = via
		}
		p, err := makePlan(&own, "")
		if err != nil {
			return nil, err
		}
		all = append(all, contender{name: arg, plan: p})
	}
	for _, dsn := range dsns {
		own := *f
		own.dsn = dsn
		p, err := makePlan(&own, "")
		if err != nil {
			return nil, err
		}
		all = append(all, contender{name: databases.Redact(dsn), plan: p})
	}
	if len(all) < 2 {
		return nil, usagef("a comparison takes two at least: databases, servers (--dsn) or folders of results; see isocheck compare --help")
	}
	nameFolders(all)
	if len(f.levels) == 0 {
		sameLevels(all)
	}
	return all, nil
}

// sameLevels gives all plans the same levels, where none was asked for: those
// that are the default of any. Only at the same level is there something to compare.
func sameLevels(all []contender) {
	var levels []history.Level
	for _, l := range history.Levels() {
		for _, c := range all {
			if c.plan != nil && contains(c.plan.levels, l) && !contains(levels, l) {
				levels = append(levels, l)
			}
		}
	}
	for _, c := range all {
		if c.plan != nil {
			c.plan.levels = levels
		}
	}
}

// isDatabase reports whether an argument is NAME[:VERSION][@WAY] of a database that is known.
func isDatabase(arg string) bool {
	name, _, _ := strings.Cut(arg, "@")
	name, _, _ = strings.Cut(name, ":")
	return contains(knownDatabases(), name)
}

// notToCompare is the usage error for an argument that is neither a database nor a folder.
func notToCompare(arg string) error {
	name, _, _ := strings.Cut(arg, ":")
	if near := nearest(name, knownDatabases()); near != "" && !strings.ContainsAny(arg, "/\\.") {
		return usagef("%s is no folder of results, and no database that isocheck knows; did you mean %s? Known are %s", arg, near, joined(knownDatabases()))
	}
	return usagef("%s is no folder of results, and no database that isocheck knows (%s)", arg, joined(knownDatabases()))
}

// nameFolders gives every contender that is run a folder of its own name.
func nameFolders(all []contender) {
	taken := map[string]int{}
	for i := range all {
		c := &all[i]
		if c.plan == nil {
			continue
		}
		name := strings.NewReplacer(":", "-", "@", "-").Replace(c.name)
		if c.plan.dsn != "" {
			name = c.plan.database + "-dsn"
		}
		taken[name]++
		if n := taken[name]; n > 1 {
			name = fmt.Sprintf("%s-%d", name, n)
		}
		c.folder = name
	}
}
