package serve

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/reports"
)

// result is one folder of saved results.
type result struct {
	// Path is the folder, relative to the root, with slashes; "." is the root.
	Path   string
	Report *reports.Report
	// Page, Comparison and Advice say which pages the folder holds: a report, a comparison, advice.
	Page, Comparison, Advice bool
	// Words say what came of a comparison or of advice.
	Words string
	// Problem says why its findings could not be read.
	Problem string
}

// The files of a folder of results that are served. server.dsn, which holds a
// password, is none of them.
const (
	findingsFile = "findings.json"
	reportFile   = "report.html"
	compareFile  = "compare.html"
	compareData  = "compare.json"
	adviceFile   = "advice.html"
	adviceData   = "advice.json"
	junitFile    = "junit.xml"
	summaryFile  = "summary.md"
	historyStart = "history-"
)

// served reports whether a file of this name may be sent to a browser.
func served(name string) bool {
	switch name {
	case findingsFile, reportFile, compareFile, compareData, adviceFile, adviceData, junitFile, summaryFile:
		return true
	}
	return strings.HasPrefix(name, historyStart) && (strings.HasSuffix(name, ".jsonl.zst") || strings.HasSuffix(name, ".jsonl"))
}

// mostDepth is how deep results are looked for: a comparison's are one deeper than a run's.
const mostDepth = 4

// shelf finds the results under a root. It reads findings again only when they changed.
type shelf struct {
	root  *os.Root
	mu    sync.Mutex
	known map[string]entry
}

// entry is what was read from a folder, and when its findings were written.
type entry struct {
	written time.Time
	size    int64
	result  result
}

// results returns all results under the root, the newest first.
func (s *shelf) results() ([]result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []result
	files := s.root.FS()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			return nil //nolint:nilerr // a folder that cannot be read has nothing to show, and the others have
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || strings.Count(name, "/") >= mostDepth):
			return fs.SkipDir
		case d.IsDir() || d.Name() != findingsFile && d.Name() != compareData && d.Name() != adviceData:
			return nil
		}
		if dir := path.Dir(name); d.Name() == findingsFile {
			all = append(all, s.read(files, dir).withPages(files))
		} else if _, err := fs.Stat(files, path.Join(dir, findingsFile)); errors.Is(err, fs.ErrNotExist) {
			all = append(all, other(files, dir, d.Name()).withPages(files))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for results: %w", err)
	}
	slices.SortStableFunc(all, func(a, b result) int {
		return cmp.Or(b.Report.Started.Compare(a.Report.Started), cmp.Compare(a.Path, b.Path))
	})
	return all, nil
}

// read returns the results of a folder.
func (s *shelf) read(files fs.FS, dir string) result {
	r := result{Path: dir, Report: &reports.Report{}}
	info, err := fs.Stat(files, path.Join(dir, findingsFile))
	if err != nil {
		r.Problem = err.Error()
		return r
	}
	if e, ok := s.known[dir]; ok && e.written.Equal(info.ModTime()) && e.size == info.Size() {
		return e.result
	}
	file, err := files.Open(path.Join(dir, findingsFile))
	if err == nil {
		r.Report, err = reports.ReadJSON(file)
		_ = file.Close()
	}
	if err != nil {
		r.Report, r.Problem = &reports.Report{Started: info.ModTime()}, err.Error()
	}
	slim(r.Report)
	if s.known == nil {
		s.known = map[string]entry{}
	}
	s.known[dir] = entry{info.ModTime(), info.Size(), r}
	return r
}

// withPages notes which pages there are now: findings may have been kept without them.
func (r result) withPages(files fs.FS) result {
	has := func(name string) bool {
		info, err := fs.Stat(files, path.Join(r.Path, name))
		return err == nil && info.Mode().IsRegular()
	}
	r.Page, r.Comparison, r.Advice = has(reportFile), has(compareFile), has(adviceFile)
	return r
}

// link is the address of the folder's report or, where there is none, of its findings.
func (r result) link() string {
	if r.Page {
		return fileLink(r.Path, reportFile)
	}
	return fileLink(r.Path, findingsFile)
}

// slim takes out what no page shows, so that years of results fit into memory: of
// the witnesses, which are most of it, the first of each anomaly stays, for its link.
func slim(r *reports.Report) {
	for i := range r.Runs {
		f := r.Runs[i].Findings
		r.Runs[i].Summary.Bins, r.Runs[i].Summary.Names, r.Runs[i].Events = nil, nil, nil
		if f == nil {
			continue
		}
		f.Statements = nil
		for n := range f.Anomalies {
			a := &f.Anomalies[n]
			a.Witnesses = make([]checker.Witness, len(a.Witnesses))
		}
		for n := range f.Invariants {
			f.Invariants[n].Points = nil
		}
	}
}
