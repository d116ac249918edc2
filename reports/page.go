package reports

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
)

// page is what templates/page.html shows. All of it is text, except for what the
// charts draw, and html/template escapes it.
type page struct {
	Style    template.CSS
	Script   template.JS
	Policy   string // the Content-Security-Policy
	Title    string
	Verdict  verdictView
	Sentence string
	Reasons  []string
	Remarks  []string
	Facts    []fact
	Errors   []string
	Matrix   matrix
	Probes   *probesView // nil where none were to be played
	Groups   []groupView
	Runs     []runView
	Defined  []definitionView
	Command  string
	Run      []fact // how the command was run
	How      []fact // what all runs have in common
	Settings []fact // of the server, the same in all runs
	Several  bool   // more than one run
	Alone    bool   // no findings.json lies beside the page
}

// verdictView is a verdict as symbol, word and colour.
type verdictView struct{ Symbol, Word, Class string }

// fact is one thing to know, with its name.
type fact struct {
	Name, Value string
	// Note says more, in small letters.
	Note string
}

func newPage(r *Report) (*page, error) {
	runs := r.checked()
	marks := newAnchors(runs)
	p := &page{
		Style: template.CSS(styleSheet), Script: template.JS(pageScript), Policy: policy(), Title: r.title(), Verdict: viewVerdict(reportVerdict(r)), Sentence: reportSentence(r),
		Facts: reportFacts(r, runs), Remarks: remarks(runs), Errors: r.Errors, Matrix: newMatrix(runs, marks),
		Probes: newProbesView(r), Command: r.Command, Run: commandFacts(r), Several: len(runs) > 1, Alone: r.alone,
		Defined: definitionViews(runs),
	}
	if len(runs) == 1 {
		p.Reasons = reasons(runs[0].Findings)
	}
	if len(r.Runs) == 0 && len(r.Probes) > 0 {
		p.Facts = probeFacts(r)
	}
	ids := map[string]int{}
	for i := range runs {
		v, err := newRunView(runs, i, marks, ids)
		if err != nil {
			return nil, err
		}
		v.Several = p.Several
		p.Runs = append(p.Runs, v)
	}
	p.takeCommon()
	p.openWorst()
	p.Groups = groupsOf(runs, p.Runs)
	return p, nil
}

// policy is what the page may do: run its own script, and nothing from anywhere.
func policy() string {
	sum := sha256.Sum256([]byte(pageScript))
	return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// groupView is the runs at one level of one server.
type groupView struct {
	ID, Title string
	Model     string
	Verdict   verdictView
	Runs      []runView
}

// groupsOf puts the runs of each level of each server together, in the order of the matrix's columns.
func groupsOf(runs []Run, views []runView) []groupView {
	var groups []groupView
	ids := map[string]int{}
	for _, c := range columnsOf(runs) {
		g := groupView{
			ID: slug("level-"+c.Server+"-"+string(c.Level), ids), Title: capital(c.LevelName()), Model: c.Model(), Verdict: viewVerdict(c.Verdict),
		}
		if len(servers(runs)) > 1 {
			g.Title = c.Server + " at " + c.LevelName()
		}
		for _, i := range c.runs {
			g.Runs = append(g.Runs, views[i])
		}
		groups = append(groups, g)
	}
	return groups
}

// title is the report's title, made from its runs where it has none.
func (r *Report) title() string {
	if r.Title != "" {
		return r.Title
	}
	if names := servers(r.checked()); len(names) > 0 {
		return list(names)
	}
	return "isocheck"
}

func viewVerdict(v checker.Verdict) verdictView {
	return verdictView{Symbol: verdictSymbol(v), Word: capital(verdictWord(v)), Class: string(v)}
}

// reportFacts says how much was tried in all.
func reportFacts(r *Report, runs []Run) []fact {
	var c checker.Counts
	for _, run := range runs {
		own := run.Findings.Counts
		c.Committed += own.Committed
		c.Aborted += own.Aborted
		c.Indeterminate += own.Indeterminate
		c.Operations += own.Operations
		c.Dependencies += own.Dependencies
		c.Contended += own.Contended
	}
	facts := countFacts(c)
	if r.Took > 0 {
		facts = append(facts, fact{Name: "took", Value: duration(int64(r.Took)), Note: counted(len(runs), "run")})
	}
	return facts
}

// countFacts says how much one or several histories hold.
func countFacts(c checker.Counts) []fact {
	all := c.Committed + c.Aborted + c.Indeterminate
	facts := []fact{
		{Name: "committed", Value: number(c.Committed), Note: "transactions"},
		{Name: "aborted", Value: number(c.Aborted), Note: share(c.Aborted, all) + " of all"},
	}
	if c.Indeterminate > 0 {
		facts = append(facts, fact{Name: "indeterminate", Value: number(c.Indeterminate), Note: "commit without an answer"})
	}
	return append(facts,
		fact{Name: "operations", Value: number(c.Operations)},
		fact{Name: "dependencies", Value: number(c.Dependencies), Note: number(c.Contended) + " between overlapping transactions"})
}

// commandFacts says how the command was run.
func commandFacts(r *Report) []fact {
	var facts []fact
	if !r.Started.IsZero() {
		facts = append(facts, fact{Name: "Started", Value: r.Started.UTC().Format(time.RFC3339)})
	}
	if r.Took > 0 {
		facts = append(facts, fact{Name: "Took", Value: duration(int64(r.Took))})
	}
	if r.Isocheck != "" {
		facts = append(facts, fact{Name: "isocheck", Value: r.Isocheck})
	}
	return facts
}

// slug makes a text fit for an id in a link, and different from those before.
func slug(text string, taken map[string]int) string {
	id := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(text)), "-")
	taken[id]++
	if n := taken[id]; n > 1 {
		return id + "-" + number(n)
	}
	return id
}
