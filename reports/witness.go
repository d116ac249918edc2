package reports

import "github.com/isocheck/isocheck/checker"

// anomalyView is one kind of anomaly that a run showed.
type anomalyView struct {
	Name, Class string
	ID          string
	Definition  string
	Source      string
	Link        string // where the source can be read
	Symbol      string
	Word        string // "violation", "observed, allowed"
	StateClass  string
	CountText   string
	Witnesses   []witnessView
	Hidden      string // how many were found that are not shown
	Elsewhere   string // the id of a witness in another run, where none is shown here
	state       State
}

// witnessView is one witness.
type witnessView struct {
	ID       string
	Alias    string // by the formal class
	Number   int
	Open     bool
	Sentence string
	// Remark says how this instance stands to what is expected, where that
	// differs from its kind.
	Remark string
	// Clocks says what the order of the steps is worth, where that is less than usual.
	Clocks       string
	Transactions []txnView
	Steps        []stepView
	Edges        []edgeView
	Lanes        lanes
	Cycle        cycle
	Script       *script
}

type txnView struct {
	Label, Title string
	Outcome      string
	Class        string
	Omitted      string
}

// stepView is one line of the table of steps.
type stepView struct {
	Number int
	Since  string
	Txn    int
	Label  string
	SQL    string
	// Version is the number that the statement writes as its version, and the readable form of it.
	Version  string
	Class    string
	Answers  []answer
	Remark   string
	Error    string
	Evidence bool
}

type edgeView struct {
	From, To string
	Common   string // read, then overwritten
	Formal   string // rw, anti-dependency
	Defined  string // the id of the page's entry on it
	Class    string
	Text     string
}

func newAnomalyView(runs []Run, n, run int, marks anchors) anomalyView {
	f := runs[run].Findings
	a := &f.Anomalies[n]
	state := stateOf(*a)
	v := anomalyView{
		Name: a.Name, Class: formalClass(a), ID: string(a.ID), Definition: a.Definition, Source: a.Source, Link: sourceLink(a.Source),
		Symbol: state.symbol(),
		Word:   stateWord(f, a.ID, state), StateClass: string(state), state: state, CountText: countText(a),
	}
	for i := range a.Witnesses {
		id, shown := marks[place{run, n, i}]
		if !shown {
			break
		}
		w := newWitnessView(f, &a.Witnesses[i])
		w.ID, w.Alias, w.Number = id, classAnchor(f.Anomalies, a, id), i+1
		if a.Violation && !a.Witnesses[i].Violation {
			w.Remark = "This one alone would be allowed."
		}
		v.Witnesses = append(v.Witnesses, w)
	}
	if hidden := a.Count - len(v.Witnesses); hidden > 0 {
		v.Hidden = number(hidden)
	}
	if len(v.Witnesses) == 0 {
		v.Elsewhere = marks.elsewhere(runs, run, a.ID)
	}
	return v
}

func stateWord(f *checker.Findings, id checker.AnomalyID, s State) string {
	switch {
	case s == Violation && forbidden(f, id):
		return "violation; --forbid rules it out"
	case s == Violation:
		return "violation of " + modelName(f.Expected.Model)
	case exempt(f, id):
		return string(s) + "; --allow allows it"
	}
	return string(s) + "; " + modelName(f.Expected.Model) + " allows it"
}

func countText(a *checker.Anomaly) string {
	text := "found " + times(a.Count, a.AtLeast)
	if a.Violations > 0 && a.Violations < a.Count {
		text += ", " + number(a.Violations) + " of them violations"
	}
	if a.FirstAt > 0 {
		text += ", first after " + duration(a.FirstAt)
	}
	return text
}

func newWitnessView(f *checker.Findings, w *checker.Witness) witnessView {
	line := newTimeline(w)
	v := witnessView{Sentence: w.Sentence, Clocks: clocksRemark(&f.Header, w), Lanes: newLanes(f, w), Cycle: newCycle(f, w), Script: newScript(f, w)}
	for n := range w.Transactions {
		t := &w.Transactions[n]
		txn := txnView{Label: txnLabel(n), Title: txnTitle(t), Outcome: outcomeName(t.Outcome), Class: outcomeClass(t.Outcome)}
		if line.Omitted[n] > 0 {
			txn.Omitted = counted(line.Omitted[n], "other operation") + " not shown"
		}
		v.Transactions = append(v.Transactions, txn)
	}
	for _, s := range line.Steps {
		v.Steps = append(v.Steps, newStepView(f, w, s, line.Steps[0].Start))
	}
	for _, e := range edgesBetween(w) {
		v.Edges = append(v.Edges, edgeView{
			From: txnLabel(e.From), To: txnLabel(e.To), Common: edgeCommonName(e.Kind), Formal: edgeFormalName(e.Kind),
			Defined: "def-" + string(e.Kind), Class: edgeClass(e.Kind), Text: e.Text,
		})
	}
	return v
}

func newStepView(f *checker.Findings, w *checker.Witness, s step, first int64) stepView {
	v := stepView{
		Number: s.Number, Since: sinceText(s.Start - first), Txn: s.Txn, Label: txnLabel(s.Txn), SQL: stepText(f, w, s),
		Class: barClass(&w.Transactions[s.Txn], s), Remark: stepRemark(&f.Header, w, s), Evidence: s.Evidence,
	}
	if timeless(&f.Header, w) {
		v.Since = ""
	}
	if s.Kind == stepStatement {
		v.Version = versionNote(v.SQL, w.Transactions[s.Txn].ID().Version(s.Op))
		v.Answers = answers(f, w, s)
	}
	if err := stepError(w, s); err != nil {
		v.Error = errorText(err.Class, err.Code, err.Message)
	}
	return v
}
