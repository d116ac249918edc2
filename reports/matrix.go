package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// State is what became of one anomaly at one level.
type State string

// The states of an anomaly.
const (
	// NotExercised: no run had the operations that it takes.
	NotExercised State = "not exercised"
	// NotSeen: it could have shown itself, and did not in so many transactions.
	NotSeen State = "not seen"
	// Observed: it was found, and what is expected allows it.
	Observed State = "observed"
	// Violation: it was found, and what is expected rules it out.
	Violation State = "violation"
)

// stateOf returns the state of an anomaly in one run.
func stateOf(a checker.Anomaly) State {
	switch {
	case a.Violation:
		return Violation
	case a.Count > 0:
		return Observed
	case a.Exercised:
		return NotSeen
	}
	return NotExercised
}

// rank orders the states, the one that matters most highest.
func (s State) rank() int {
	return slices.Index([]State{NotExercised, NotSeen, Observed, Violation}, s)
}

// symbol stands before the state's word, so that it does not rest on colour.
func (s State) symbol() string {
	return map[State]string{NotExercised: "–", NotSeen: "○", Observed: "●", Violation: "✗"}[s]
}

// matrix is what became of every anomaly at every level of every server: the
// runs of the several workloads at one level are one column.
type matrix struct {
	Columns []column
	Rows    []row
}

// column is one level of one server.
type column struct {
	Server       string // PostgreSQL 15.18
	Level        history.Level
	Models       []string // what the runs were held against
	Verdict      checker.Verdict
	Transactions int // that committed
	runs         []int
}

// LevelName returns the level as people say it.
func (c column) LevelName() string { return levelName(c.Level) }

// Tried returns how many transactions committed.
func (c column) Tried() string { return counted(c.Transactions, "transaction") }

// Model returns what the column's runs were held against.
func (c column) Model() string { return list(c.Models) }

// row is one anomaly.
type row struct {
	ID    checker.AnomalyID
	Name  string
	Order string // of a variant: session order, real time
	Class string
	// Text is the anomaly's definition.
	Text  string
	Cells []cell
}

// cell is one anomaly at one level.
type cell struct {
	State   State
	Count   int
	AtLeast bool
	// Transactions committed in the runs that could have shown it.
	Transactions int
	// Workloads are those that showed it.
	Workloads []string
	// Anchor is that of its first witness, "" if there is none.
	Anchor string
	// several: the column's runs are of more than one workload.
	several bool
	// narrow: there are so many columns that workloads are only named on hover.
	narrow bool
}

// Symbol stands before the cell's word.
func (c cell) Symbol() string { return c.State.symbol() }

// Word is the cell's state and, where the anomaly was found, how often.
func (c cell) Word() string {
	if c.Count > 0 {
		more := ""
		if c.AtLeast {
			more = "+"
		}
		return string(c.State) + " ×" + number(c.Count) + more
	}
	return string(c.State)
}

// Detail says in how many transactions an anomaly was not seen, and which of
// several workloads showed it.
func (c cell) Detail() string {
	switch {
	case c.State == NotSeen:
		return "in " + number(c.Transactions)
	case c.Count > 0 && c.several && !c.narrow:
		return strings.Join(c.Workloads, ", ")
	}
	return ""
}

// Title names the workloads that showed the anomaly, for hovering, where Detail has no room for them.
func (c cell) Title() string {
	if c.Count > 0 && c.several && c.narrow {
		return "seen by " + list(c.Workloads)
	}
	return ""
}

// Wide reports whether there are more columns than fit without scrolling.
func (m matrix) Wide() bool { return len(m.Columns) > 4 }

// Main are the rows that stand first: all but the variants of anomalies that
// rest on session or real-time order and break nothing.
func (m matrix) Main() []row {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(r row) bool { return r.minor() })
}

// Variants are the other rows.
func (m matrix) Variants() []row {
	return slices.DeleteFunc(slices.Clone(m.Rows), func(r row) bool { return !r.minor() })
}

// Orders names the orders that the variants rest on: of shards nothing is held against real time.
func (m matrix) Orders() string {
	var orders []string
	for _, r := range m.Variants() {
		if !slices.Contains(orders, r.Order) {
			orders = append(orders, r.Order)
		}
	}
	return list(orders)
}

func (r row) minor() bool { return r.Order != "" && r.Worst() != Violation }

// Worst is the worst state that the anomaly has in any column.
func (r row) Worst() State {
	worst := NotExercised
	for _, c := range r.Cells {
		if c.State.rank() > worst.rank() {
			worst = c.State
		}
	}
	return worst
}

// Definition is the id of what the page says about the row's anomaly.
func (r row) Definition() string { return definitionID(r.ID) }

// Single reports whether there is one column, so that there is room for definitions.
func (m matrix) Single() bool { return len(m.Columns) == 1 }

// serverSpan is a server and how many columns it has.
type serverSpan struct {
	Name  string
	Count int
}

// Servers returns the servers over the columns.
func (m matrix) Servers() []serverSpan {
	var spans []serverSpan
	for _, c := range m.Columns {
		if n := len(spans); n > 0 && spans[n-1].Name == c.Server {
			spans[n-1].Count++
			continue
		}
		spans = append(spans, serverSpan{c.Server, 1})
	}
	return spans
}

// newMatrix lays out the runs, which must have findings.
func newMatrix(runs []Run, marks anchors) matrix {
	m := matrix{Columns: columnsOf(runs)}
	for _, id := range anomalyIDs(runs) {
		r := row{ID: id}
		for _, c := range m.Columns {
			r.Cells = append(r.Cells, cellOf(runs, c, &r, marks, len(m.Columns) > 2))
		}
		if r.Class == "—" { // it has no formal class
			r.Class = ""
		}
		m.Rows = append(m.Rows, r)
	}
	return m
}

// columnsOf returns the columns: servers in order of appearance, levels weakest first.
func columnsOf(runs []Run) []column {
	var columns []column
	for i, run := range runs {
		f := run.Findings
		server := serverName(&f.Header)
		at := slices.IndexFunc(columns, func(c column) bool { return c.Server == server && c.Level == f.Header.Level })
		if at < 0 {
			at = len(columns)
			columns = append(columns, column{Server: server, Level: f.Header.Level})
		}
		c := &columns[at]
		c.runs = append(c.runs, i)
		c.Models = appendNew(c.Models, modelName(f.Expected.Model))
		c.Transactions += f.Counts.Committed
	}
	order := servers(runs)
	slices.SortStableFunc(columns, func(a, b column) int {
		if a.Server != b.Server {
			return slices.Index(order, a.Server) - slices.Index(order, b.Server)
		}
		return slices.Index(history.Levels(), a.Level) - slices.Index(history.Levels(), b.Level)
	})
	for i := range columns {
		columns[i].Verdict = columnVerdict(runs, columns[i])
	}
	return columns
}

func columnVerdict(runs []Run, c column) checker.Verdict {
	var own []Run
	for _, i := range c.runs {
		own = append(own, runs[i])
	}
	return verdictOf(own)
}

// anomalyIDs returns all anomalies that any run looked for, worst first as the findings have them.
func anomalyIDs(runs []Run) []checker.AnomalyID {
	var ids []checker.AnomalyID
	for _, run := range runs {
		after := 0
		for _, a := range run.Findings.Anomalies {
			if at := slices.Index(ids, a.ID); at >= 0 {
				after = at + 1
				continue
			}
			ids = slices.Insert(ids, after, a.ID)
			after++
		}
	}
	return ids
}

// cellOf merges the runs of one column, and learns the row's names on the way.
func cellOf(runs []Run, c column, r *row, marks anchors, narrow bool) cell {
	merged := cell{State: NotExercised, several: len(c.runs) > 1, narrow: narrow}
	for _, i := range c.runs {
		f := runs[i].Findings
		n := slices.IndexFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == r.ID })
		if n < 0 {
			// It is a variant, such as one against session order, which
			// findings leave out where it was not found.
			merged.add(NotSeen, checker.Anomaly{}, &f.Header, f.Counts.Committed, "")
			continue
		}
		a := f.Anomalies[n]
		r.Name, r.Order = variant(&a)
		r.Class, r.Text = a.Class, a.Definition
		merged.add(stateOf(a), a, &f.Header, f.Counts.Committed, marks.first(i, n))
	}
	return merged
}

// add merges one run into the cell: the worst state wins, counts add up.
func (c *cell) add(s State, a checker.Anomaly, h *history.Header, committed int, mark string) {
	if s != NotExercised {
		c.Transactions += committed
	}
	if a.Count > 0 {
		c.Workloads = appendNew(c.Workloads, workloadName(h))
	}
	c.Count += a.Count
	c.AtLeast = c.AtLeast || a.AtLeast
	if mark != "" && (c.Anchor == "" || s.rank() > c.State.rank()) {
		c.Anchor = mark
	}
	if s.rank() > c.State.rank() {
		c.State = s
	}
}

// workloadName returns the workload with its strategy, where that is not the plain one.
func workloadName(h *history.Header) string {
	if h.Strategy == "" || h.Strategy == "plain" {
		return h.Workload
	}
	return strings.TrimSpace(h.Workload + " " + h.Strategy)
}
