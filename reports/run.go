package reports

import (
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/checker"
)

// runView is one run as the page shows it.
type runView struct {
	ID, Title string
	Several   bool // there are other runs, so that the page's sentence is not this one's
	Open      bool // shown from the start
	// Server, Level and Workload are what the page's filters ask for.
	Server, Level, Workload string
	Brief                   []fact // the line that stands for the run while it is closed
	State                   string // the worst of its anomalies: violation, observed or none
	FoundText               string
	Verdict                 verdictView
	Sentence                string
	Reasons                 []string
	Facts                   []fact
	Invariants              []invariantView
	Ends                    []fact // how transactions ended
	Charts                  []chartView
	Events                  []fact
	// Found are the anomalies that were found, violations first.
	Found        []anomalyView
	NotSeen      string
	NotExercised string
	Transactions string
	Strongest    string
	Weakest      string
	How          []fact
	Settings     []fact
	History      string // what it is called, where it has no files
	Files        []fileLink
}

// fileLink is a file that the page links to.
type fileLink struct{ Name, Link string }

// fileLinks makes links of paths, whatever signs are in them.
func fileLinks(files []string) []fileLink {
	var links []fileLink
	for _, file := range files {
		links = append(links, fileLink{Name: file, Link: (&url.URL{Path: file}).String()})
	}
	return links
}

// mostEvents is how many of a run's events a page lists.
const mostEvents = 40

type invariantView struct {
	Name, Text string
	Class      string // held, broken or violation
	Symbol     string
	Word       string
}

// chartView is a chart as the page shows it.
type chartView struct {
	Title, Note string
	Legend      []series
	Faults      string // what is shaded
	Moments     string // what is marked
	SVG         template.HTML
}

func newRunView(runs []Run, index int, marks anchors, ids map[string]int) (runView, error) {
	run := runs[index]
	f := run.Findings
	v := runView{
		ID:    slug("run-"+f.Header.Database+"-"+string(f.Header.Level)+"-"+workloadName(&f.Header), ids),
		Title: runTitle(runs, f), Verdict: viewVerdict(f.Verdict), Sentence: verdictSentence(f), Reasons: reasons(f),
		Facts: countFacts(f.Counts), Ends: endFacts(run), Transactions: counted(f.Counts.Committed, "transaction"),
		Strongest: modelNames(f.Strongest), Weakest: modelNames(f.Weakest),
		How: howFacts(f), Settings: sortedFacts(f.Header.Settings), History: run.History, Files: fileLinks(run.Files),
		Server: serverName(&f.Header), Level: levelName(f.Header.Level), Workload: workloadName(&f.Header), Brief: briefFacts(run),
	}
	if v.Workload == "" {
		v.Workload = "history"
	}
	for _, i := range f.Invariants {
		v.Invariants = append(v.Invariants, viewInvariant(i))
	}
	for _, e := range run.Events[:min(len(run.Events), mostEvents)] {
		since := sinceText(e.At)
		if f.Header.Timeless() {
			since = "—"
		}
		v.Events = append(v.Events, fact{Name: since, Value: eventName(e.Kind), Note: e.Detail})
	}
	if more := len(run.Events) - mostEvents; more > 0 {
		v.Events = append(v.Events, fact{Name: "and later", Value: counted(more, "more event")})
	}
	var notSeen, notExercised []string
	for n, a := range f.Anomalies {
		switch stateOf(a) {
		case NotSeen:
			notSeen = append(notSeen, shortName(a.Name))
		case NotExercised:
			notExercised = append(notExercised, shortName(a.Name))
		default:
			v.Found = append(v.Found, newAnomalyView(runs, n, index, marks))
		}
	}
	slices.SortStableFunc(v.Found, func(a, b anomalyView) int { return b.state.rank() - a.state.rank() })
	v.openFirst()
	v.State, v.FoundText = foundText(v.Found)
	v.NotSeen, v.NotExercised = list(notSeen), list(notExercised)
	for _, c := range charts(run) {
		svg, err := c.svg()
		if err != nil {
			return v, err
		}
		v.Charts = append(v.Charts, chartView{Title: c.Title, Note: c.Note, Legend: c.Series, Faults: faultNames(c.Faults), Moments: faultNames(c.Events), SVG: svg})
	}
	return v, nil
}

// briefFacts are the numbers of one run that are compared first.
func briefFacts(run Run) []fact {
	s, c := run.Summary, run.Findings.Counts
	facts := []fact{{Name: "committed", Value: number(c.Committed)}}
	if s.Duration > 0 {
		facts = append(facts, fact{Name: "rate", Value: rateText(float64(s.Committed) / inSeconds(s.Duration))})
	}
	if s.Latency.Max > 0 {
		facts = append(facts, fact{Name: "p50", Value: duration(s.Latency.P50)}, fact{Name: "p99", Value: duration(s.Latency.P99)})
	}
	return append(facts, fact{Name: "aborted", Value: share(c.Aborted, c.Committed+c.Aborted+c.Indeterminate)})
}

// foundText says how many kinds of anomalies a run showed, and how bad the worst is.
func foundText(found []anomalyView) (state, text string) {
	violations := 0
	for _, a := range found {
		if a.state == Violation {
			violations++
		}
	}
	switch {
	case violations > 0:
		return string(Violation), Violation.symbol() + " " + counted(violations, "violation")
	case len(found) > 0:
		return string(Observed), Observed.symbol() + " " + counted(len(found), "kind") + " observed"
	}
	return "none", NotSeen.symbol() + " none seen"
}

// runTitle names a run among others: "Repeatable read · bank", with the server where there are several.
func runTitle(runs []Run, f *checker.Findings) string {
	parts := []string{capital(levelName(f.Header.Level))}
	if len(servers(runs)) > 1 {
		parts = []string{serverName(&f.Header), levelName(f.Header.Level)}
	}
	if w := workloadName(&f.Header); w != "" {
		parts = append(parts, w)
	}
	return strings.Join(parts, " · ")
}

func viewInvariant(i checker.InvariantResult) invariantView {
	v := invariantView{Name: i.Name, Text: invariantText(i), Class: "held", Symbol: "✓", Word: "held"}
	switch {
	case i.Violation:
		v.Class, v.Symbol, v.Word = "violation", "✗", "broken, which is a violation"
	case i.Unknown:
		v.Class, v.Symbol, v.Word = "unknown", "–", "could not be checked"
	case !i.Held:
		v.Class, v.Symbol, v.Word = "broken", "●", "broken, which is allowed"
	}
	return v
}

// invariantText says what became of an invariant, in the findings' own words where they have any.
func invariantText(i checker.InvariantResult) string {
	if i.Text != "" {
		return asSentence(i.Text)
	}
	if i.Held {
		return "Held in " + counted(i.Checked, "read") + "."
	}
	return "Broken in " + number(i.Broken) + " of " + counted(i.Checked, "read") + "."
}

func modelNames(models []checker.Model) string {
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = modelName(m)
	}
	return list(names)
}

// howFacts says what was run.
func howFacts(f *checker.Findings) []fact {
	h := &f.Header
	facts := []fact{
		{Name: "Database", Value: serverName(h)},
		{Name: "Level", Value: levelName(h.Level)},
		{Name: "Held against", Value: modelName(f.Expected.Model), Note: expectedNote(f)},
		{Name: "Workload", Value: h.Workload},
		{Name: "Strategy", Value: h.Strategy},
		{Name: "Clients", Value: number(h.Clients)},
		{Name: "Seed", Value: strconv.FormatUint(h.Seed, 10)},
	}
	if h.Promise != "" && (h.Promise != string(f.Expected.Model) || !documented(f)) {
		facts = slices.Insert(facts, 2, fact{Name: "Documented promise", Value: modelName(checker.Model(h.Promise)), Note: h.PromiseSource})
	}
	facts = append(facts, sortedFacts(h.Params)...)
	for _, t := range h.Tables {
		columns := []string{"id"}
		for _, c := range t.Columns {
			columns = append(columns, c.Name)
		}
		facts = append(facts, fact{Name: "Table", Value: fmt.Sprintf("%s (%s, version, previous)", t.Name, strings.Join(columns, ", "))})
	}
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" })
}

func expectedNote(f *checker.Findings) string {
	var parts []string
	if f.Expected.Source != "" {
		parts = append(parts, f.Expected.Source)
	}
	if len(f.Expected.Forbid) > 0 {
		parts = append(parts, "also forbidden: "+idNames(f.Expected.Forbid))
	}
	if len(f.Expected.Allow) > 0 {
		parts = append(parts, "also allowed: "+idNames(f.Expected.Allow))
	}
	return strings.Join(parts, "; ")
}

func idNames(ids []checker.AnomalyID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = strings.ReplaceAll(string(id), "-", " ")
	}
	return list(names)
}

func sortedFacts(m map[string]string) []fact {
	var facts []fact
	for _, key := range slices.Sorted(maps.Keys(m)) {
		facts = append(facts, fact{Name: key, Value: m[key]})
	}
	return facts
}
