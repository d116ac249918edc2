package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// ComparisonFormat is the version of compare.json. It grows when a field changes
// its meaning or goes away; new fields may come at any time.
const ComparisonFormat = 1

// Subject is one of the things that a comparison sets side by side: a server, or
// the saved results of one.
type Subject struct {
	// Name is what it was asked for by: postgres:17, the name of a folder.
	Name string
	// Report is all that was found on it: a run for each workload, level and round.
	Report *Report
	// Link is where its HTML report is, relative to the comparison's; "" where
	// there is none. The report must be of the same runs, as Excerpt cuts them.
	Link string
}

// Comparison sets subjects side by side. The first one is what the others are
// compared with where only two can be: throughput and latency.
type Comparison struct {
	Title, Command, Isocheck string
	Started                  time.Time
	Took                     time.Duration
	Subjects                 []Subject
	// Errors are sentences about what could not be done.
	Errors []string
}

// ComparisonDocument is compare.json, and what every form of a comparison shows.
type ComparisonDocument struct {
	Format   int       `json:"format"`
	Isocheck string    `json:"isocheck"`
	Title    string    `json:"title"`
	Command  string    `json:"command"`
	Started  time.Time `json:"started,omitzero"`
	// Took is in nanoseconds.
	Took     time.Duration     `json:"took"`
	Errors   []string          `json:"errors"`
	Subjects []ComparedSubject `json:"subjects"`
	// Differences are what some subjects showed and others did not, worst first.
	Differences []Difference `json:"differences"`
	Levels      []LevelTable `json:"levels"`
	Probes      []ProbeRow   `json:"probes"`
	// Performance is a row for each workload at each level, and measure.
	Performance []PerformanceRow `json:"performance"`
}

// ComparedSubject is a subject in compare.json.
type ComparedSubject struct {
	Name string `json:"name"`
	// Label names it among the others: the server and its version.
	Label string `json:"label"`
	// Report is the path of its HTML report.
	Report   string          `json:"report,omitempty"`
	Verdict  checker.Verdict `json:"verdict"`
	Sentence string          `json:"sentence"`
	Errors   []string        `json:"errors,omitempty"`
}

// LevelTable is what became of every anomaly at one level: a cell for each subject.
type LevelTable struct {
	Level history.Level `json:"level"`
	// Heads say of each subject what its runs at the level were held against.
	Heads []LevelHead  `json:"heads"`
	Rows  []AnomalyRow `json:"rows"`
}

// LevelHead is one subject at one level.
type LevelHead struct {
	Model   string          `json:"model"`
	Verdict checker.Verdict `json:"verdict,omitempty"`
	// Transactions is how many committed, in so many Runs.
	Transactions int `json:"transactions"`
	Runs         int `json:"runs"`
	// Workloads are those that were run, each with its strategy.
	Workloads []string `json:"workloads,omitempty"`
}

// AnomalyRow is one anomaly at one level.
type AnomalyRow struct {
	ID    checker.AnomalyID `json:"id"`
	Name  string            `json:"name"`
	Order string            `json:"order,omitempty"` // of a variant: session order, real time
	Class string            `json:"class,omitempty"`
	Cells []AnomalyCell     `json:"cells"`
}

// AnomalyCell is what became of one anomaly at one level on one subject.
type AnomalyCell struct {
	// State is empty where the subject was not run at the level.
	State   State `json:"state,omitempty"`
	Count   int   `json:"count"`
	AtLeast bool  `json:"atLeast,omitempty"`
	// Transactions committed in the runs that could have shown it.
	Transactions int      `json:"transactions"`
	Workloads    []string `json:"workloads,omitempty"`
	// Witness is the address of its first witness, "" where there is none.
	Witness string `json:"witness,omitempty"`
}

// Document works the comparison out.
func (c *Comparison) Document() *ComparisonDocument {
	d := &ComparisonDocument{
		Format: ComparisonFormat, Isocheck: c.Isocheck, Title: c.Title, Command: c.Command, Started: c.Started, Took: c.Took,
		Errors: append([]string{}, c.Errors...), Subjects: []ComparedSubject{}, Levels: []LevelTable{},
	}
	for i, label := range c.labels() {
		s := c.Subjects[i]
		d.Subjects = append(d.Subjects, ComparedSubject{
			Name: s.Name, Label: label, Report: s.Link, Errors: s.Report.Errors,
			Verdict: reportVerdict(s.Report), Sentence: reportSentence(s.Report),
		})
	}
	for _, level := range c.levels() {
		d.Levels = append(d.Levels, c.levelTable(level))
	}
	d.Probes = c.probeRows()
	d.Differences = differences(d)
	d.Performance = c.performance()
	return d
}

// labels names the subjects: by server and version, and where that is not enough
// by what they were asked for.
func (c *Comparison) labels() []string {
	labels := make([]string, len(c.Subjects))
	count := map[string]int{}
	for i, s := range c.Subjects {
		labels[i] = list(servers(s.Report.checked()))
		if labels[i] == "" {
			labels[i] = s.Name
		}
		count[labels[i]]++
	}
	for i, label := range labels {
		if count[label] > 1 && !strings.EqualFold(label, c.Subjects[i].Name) {
			labels[i] = label + " (" + c.Subjects[i].Name + ")"
		}
	}
	return labels
}

// levels returns the levels at which any subject was run, weakest first.
func (c *Comparison) levels() []history.Level {
	var levels []history.Level
	for _, s := range c.Subjects {
		for _, run := range s.Report.checked() {
			if l := run.Findings.Header.Level; !slices.Contains(levels, l) {
				levels = append(levels, l)
			}
		}
	}
	slices.SortStableFunc(levels, func(a, b history.Level) int {
		return slices.Index(history.Levels(), a) - slices.Index(history.Levels(), b)
	})
	return levels
}

// at returns a subject's runs at a level.
func (s *Subject) at(level history.Level) []Run {
	return slices.DeleteFunc(s.Report.checked(), func(run Run) bool { return run.Findings.Header.Level != level })
}

func (c *Comparison) levelTable(level history.Level) LevelTable {
	table := LevelTable{Level: level, Rows: []AnomalyRow{}}
	var all []Run
	marks := make([]anchors, len(c.Subjects))
	for i := range c.Subjects {
		s := &c.Subjects[i]
		runs := s.at(level)
		all = append(all, runs...)
		marks[i] = newAnchors(Excerpt(s.Report).checked())
		table.Heads = append(table.Heads, levelHead(runs))
	}
	for _, id := range anomalyIDs(all) {
		row := AnomalyRow{ID: id}
		for i := range c.Subjects {
			row.Cells = append(row.Cells, c.Subjects[i].cell(level, &row, marks[i]))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func levelHead(runs []Run) LevelHead {
	h := LevelHead{Runs: len(runs)}
	if len(runs) == 0 {
		return h
	}
	h.Verdict = verdictOf(runs)
	h.Model = list(distinct(runs, func(f *checker.Findings) string { return modelName(f.Expected.Model) }))
	h.Workloads = distinct(runs, func(f *checker.Findings) string { return workloadName(&f.Header) })
	for _, run := range runs {
		h.Transactions += run.Findings.Counts.Committed
	}
	return h
}

// cell sums up what a subject's runs at a level say of the row's anomaly, whose names it learns on the way.
func (s *Subject) cell(level history.Level, r *AnomalyRow, marks anchors) AnomalyCell {
	runs := s.at(level)
	if len(runs) == 0 {
		return AnomalyCell{}
	}
	named := row{ID: r.ID}
	all := column{runs: make([]int, len(runs))}
	for i := range runs {
		all.runs[i] = i
		all.Transactions += runs[i].Findings.Counts.Committed
	}
	merged := cellOf(runs, all, &named, nil, false)
	if named.Name != "" {
		r.Name, r.Order, r.Class = named.Name, named.Order, strings.TrimPrefix(named.Class, "—")
	}
	out := AnomalyCell{State: merged.State, Count: merged.Count, AtLeast: merged.AtLeast, Transactions: merged.Transactions, Workloads: merged.Workloads}
	if mark := firstMark(Excerpt(s.Report).checked(), level, r.ID, marks); mark != "" && s.Link != "" {
		out.Witness = s.Link + "#" + mark
	}
	return out
}

// firstMark returns the name that the report gives the anomaly's first witness at
// the level, that of a violation where there is one.
func firstMark(runs []Run, level history.Level, id checker.AnomalyID, marks anchors) string {
	mark, rank := "", -1
	for i, run := range runs {
		if run.Findings.Header.Level != level {
			continue
		}
		for n, a := range run.Findings.Anomalies {
			if m := marks.first(i, n); a.ID == id && m != "" && stateOf(a).rank() > rank {
				mark, rank = m, stateOf(a).rank()
			}
		}
	}
	return mark
}
