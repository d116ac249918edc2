package reports

import (
	"slices"

	"github.com/isocheck/isocheck/checker"
)

// modelRulesOut reports whether the expected model itself rules an anomaly out.
// Of InnoDB's repeatable read, which rules out some instances of an anomaly and
// allows others, the findings say whether it holds.
func modelRulesOut(f *checker.Findings, id checker.AnomalyID) bool {
	if slices.Contains(checker.RuledOut(f.Expected.Model), id) {
		return true
	}
	base, _ := f.Expected.Model.Split()
	return base == checker.InnoDBRepeatableRead && slices.ContainsFunc(f.Models, func(m checker.ModelResult) bool {
		return m.Model == f.Expected.Model && !m.Holds && m.RuledOutBy == id
	})
}

// forbidden reports whether only --forbid rules an anomaly out.
func forbidden(f *checker.Findings, id checker.AnomalyID) bool {
	return slices.Contains(f.Expected.Forbid, id) && !slices.Contains(f.Expected.Allow, id) && !modelRulesOut(f, id)
}

// exempt reports whether only --allow allows an anomaly.
func exempt(f *checker.Findings, id checker.AnomalyID) bool {
	return slices.Contains(f.Expected.Allow, id) && modelRulesOut(f, id)
}

// onlyForbidden reports whether all that is violated is what --forbid adds: the
// model was kept.
func onlyForbidden(f *checker.Findings) bool {
	found := false
	for _, a := range f.Anomalies {
		if stateOf(a) == Violation {
			if !forbidden(f, a.ID) {
				return false
			}
			found = true
		}
	}
	return found && !slices.ContainsFunc(f.Invariants, func(i checker.InvariantResult) bool {
		explained := len(i.ExplainedBy) > 0 && !slices.ContainsFunc(i.ExplainedBy, func(id checker.AnomalyID) bool { return !forbidden(f, id) })
		return i.Violation && !explained
	})
}

// exemptClause names the anomalies that were seen and that only --allow allows:
// ", but for lost update, which --allow allows,".
func exemptClause(runs ...*checker.Findings) string {
	var names []string
	for _, f := range runs {
		for _, a := range f.Anomalies {
			if a.Count > 0 && exempt(f, a.ID) {
				names = appendNew(names, shortName(a.Name))
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", but for " + list(names) + ", which --allow allows,"
}

// ruler names what a run's verdict rests on: the model, or --forbid where only that is broken.
func ruler(f *checker.Findings) string {
	if onlyForbidden(f) {
		return "--forbid"
	}
	return modelName(f.Expected.Model)
}
