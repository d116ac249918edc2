package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// documented is the value of --expect that stands for what the database documents.
const documented = "documented"

// The parameters under which a history remembers what it was to be held
// against, so that checking it again gives the same findings.
const (
	expectParam = "expect"
	forbidParam = "forbid"
	allowParam  = "allow"
)

// expectation is what histories are held against.
type expectation struct {
	// model is what the user asked for; empty stands for what the database documents.
	model         checker.Model
	forbid, allow []checker.AnomalyID
	limit         time.Duration // of the search for a version order; 0 for the checker's own
}

func parseExpectation(f *expectFlags) (expectation, error) {
	e := expectation{limit: f.limit}
	var err error
	if e.model, err = parseModel(f.expect); err != nil {
		return e, err
	}
	if e.forbid, err = parseAnomalies(f.forbid); err != nil {
		return e, err
	}
	if e.allow, err = parseAnomalies(f.allow); err != nil {
		return e, err
	}
	for _, id := range e.forbid {
		if contains(e.allow, id) {
			return e, usagef("%s is both in --forbid and in --allow", id)
		}
	}
	return e, nil
}

func parseModel(name string) (checker.Model, error) {
	if name == documented {
		return "", nil
	}
	model, err := checker.ParseModel(name)
	if err == nil {
		return model, nil
	}
	known := append([]string{documented}, texts(checker.BaseModels())...)
	list := strings.Join(known, ", ") + "; each model also with strong-session- or strong- before it"
	if near := nearest(name, append(known, texts(checker.Models())...)); near != "" {
		return "", usagef("unknown model %q; did you mean %s? Known are %s", name, near, list)
	}
	return "", usagef("unknown model %q; known are %s", name, list)
}

// parseAnomalies reads names of anomalies and of formal classes, each of which stands for all its anomalies.
func parseAnomalies(names []string) ([]checker.AnomalyID, error) {
	var ids []checker.AnomalyID
	for _, name := range names {
		name = strings.TrimSpace(name)
		of := checker.AnomaliesOf(name)
		if len(of) == 0 {
			return nil, unknownAnomaly(name)
		}
		ids = append(ids, of...)
	}
	return unique(ids), nil
}

func classNames() []string {
	var names []string
	for _, c := range checker.Classes() {
		names = append(names, c.Name)
	}
	return names
}

// unknownAnomaly is the usage error for a name that is neither an anomaly's nor a formal class's. What it
// lists leaves out the variants, which are most of all names.
func unknownAnomaly(name string) error {
	ids, classes := texts(checker.AnomalyIDs()), classNames()
	near := nearest(name, append(slices.Clone(ids), classes...))
	if near != "" {
		near = "; did you mean " + near + "?"
	}
	return usagef("unknown anomaly %q%s Known anomalies are %s; the formal classes %s; and with -session or -real-time behind them those that have such variants",
		name, cmp.Or(near, "."), joined(withoutVariants(ids)), joined(withoutVariants(classes)))
}

func withoutVariants(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return strings.HasSuffix(name, "-session") || strings.HasSuffix(name, "-real-time")
	})
}

// classesHelp says what the formal classes stand for.
func classesHelp() string {
	var each []string
	for _, name := range withoutVariants(classNames()) {
		each = append(each, name+" ("+joined(texts(checker.AnomaliesOf(name)))+")")
	}
	return "Formal classes, in the place of all their anomalies: " + joined(each) + "; and with -session or -real-time behind them those that have such variants."
}

// options returns what a history with this header is held against.
func (e expectation) options(h *history.Header) (checker.Options, error) {
	o := checker.Options{Expect: e.model, Forbid: e.forbid, Allow: e.allow, Limit: e.limit}
	if o.Expect != "" {
		return o, nil
	}
	if h.Promise == "" && h.Database == "" {
		o.Expect = checker.Serializable // nobody promised anything: it is another checker's history
		return o, nil
	}
	if h.Promise == "" {
		return o, usagef("the history does not say what its database promises for %s; say --expect MODEL", h.Level)
	}
	model, err := checker.ParseModel(h.Promise)
	if err != nil {
		return o, fmt.Errorf("the promise in the history's header: %w", err)
	}
	o.Expect, o.Source = model, h.PromiseSource
	return o, nil
}

// remember puts the expectation into a history's parameters.
func (e expectation) remember(params map[string]string) {
	params[expectParam] = documented
	if e.model != "" {
		params[expectParam] = string(e.model)
	}
	if len(e.forbid) > 0 {
		params[forbidParam] = strings.Join(texts(e.forbid), ",")
	}
	if len(e.allow) > 0 {
		params[allowParam] = strings.Join(texts(e.allow), ",")
	}
}

// recall fills in, from a history's parameters, what the flags leave open.
func (f expectFlags) recall(params map[string]string) expectFlags {
	if v := params[expectParam]; v != "" && !f.given["expect"] {
		f.expect = v
	}
	if v := params[forbidParam]; v != "" && !f.given["forbid"] {
		f.forbid = strings.Split(v, ",")
	}
	if v := params[allowParam]; v != "" && !f.given["allow"] {
		f.allow = strings.Split(v, ",")
	}
	return f
}
