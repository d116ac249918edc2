package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
)

// Before is a constraint of a weak model on a history of registers: From's
// write must come before To's. See register.Before.
const Before EdgeKind = EdgeKind(register.Before)

// registers checks histories of registers (history.Registers), which do not show in
// what order writes took effect: package register judges the models, and here that
// becomes findings.
type registers struct {
	header history.Header
	opts   Options
	closed bool
	index  register.Index
	result *register.Result

	operations int
	exercised  exercise
	// touched is scratch memory of note: what the transaction at hand did with each object.
	touched map[object]touch
}

type object struct {
	table int
	key   int64
}

type touch struct{ read, written bool }

// checkRegisters reads the rest of the stream, and of the source once more what witnesses need.
func checkRegisters(ctx context.Context, stream history.Stream, src Source, opts Options) (*Findings, error) {
	c := &registers{header: *stream.Header(), opts: opts, touched: map[object]touch{}}
	if err := c.load(ctx, stream); err != nil {
		return nil, err
	}
	var err error
	c.result, err = c.index.Check(ctx, register.Options{
		Limit: opts.Limit, SeveralClocks: c.header.Parts > 1, Name: c.name,
	})
	if err != nil {
		return nil, err
	}
	return c.findings(ctx, src)
}

// load streams the history into the index, and closes the stream.
func (c *registers) load(ctx context.Context, stream history.Stream) error {
	defer func() { _ = stream.Close() }()
	var t history.Transaction
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			c.closed = stream.Closed()
			return nil
		case err != nil:
			return err // it says where in which file
		}
		for i := range t.Ops {
			if table := t.Ops[i].Table; table < 0 || table >= len(c.header.Tables) {
				return fmt.Errorf("transaction %s: operation %d names table %d of %d", t.ID(), i, table, len(c.header.Tables))
			}
		}
		if err := c.index.Add(&t); err != nil {
			return fmt.Errorf("reading the history: %w", err)
		}
		c.note(&t)
	}
}

// note learns which wrong reads the history could have shown.
func (c *registers) note(t *history.Transaction) {
	c.operations += len(t.Ops)
	e := &c.exercised
	pairs := !e.overwritesItself || !e.readsTwice // still to be looked for
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Kind == history.Read {
			e.reads = true
		} else {
			e.writes = true
			e.abortedWrites = e.abortedWrites || t.Outcome == history.Aborted
		}
		if pairs {
			c.touch(object{op.Table, op.Key}, op.Kind == history.Read)
		}
	}
	clear(c.touched)
}

// touch notes that the transaction at hand read, or wrote, an object, and whether it had done so before.
func (c *registers) touch(o object, reads bool) {
	seen := c.touched[o]
	if reads {
		c.exercised.readsTwice = c.exercised.readsTwice || seen.read
		seen.read = true
	} else {
		c.exercised.overwritesItself = c.exercised.overwritesItself || seen.written
		seen.written = true
	}
	c.touched[o] = seen
}

func (c *registers) name(table int, key int64) string {
	return fmt.Sprintf("%s %d", c.header.Tables[table].Name, key)
}

// findings puts together what was found.
func (c *registers) findings(ctx context.Context, src Source) (*Findings, error) {
	n := c.result.Counts
	f := &Findings{
		Header: c.header, Closed: c.closed, Statements: []string{}, Invariants: []InvariantResult{},
		Counts: Counts{
			Committed: n.Committed, Aborted: n.Aborted, Indeterminate: n.Indeterminate,
			Operations: c.operations, Objects: n.Objects, Dependencies: n.Reads, Contended: n.Reads,
		},
		Expected: Expectation{Model: c.opts.Expect, Source: c.opts.Source, Forbid: c.opts.Forbid, Allow: c.opts.Allow},
	}
	f.Strongest, f.Weakest = c.border()
	for _, r := range c.result.Models {
		f.Models = append(f.Models, ModelResult{
			Model: Model(r.Model), Holds: r.Verdict == register.Holds, Undecided: r.Verdict == register.Undecided,
			RuledOutBy: c.ruledOutBy(r, f.Weakest), Why: r.Why,
		})
	}
	w := &registerWitnesses{header: &c.header, txns: map[history.TxnID]history.Transaction{}}
	if err := w.fetch(ctx, src, c.wanted(f.Weakest)); err != nil {
		return nil, err
	}
	f.Statements = append(f.Statements, w.statements...)
	f.Anomalies = append(c.wrongReads(w), c.broken(w, f.Weakest)...)
	f.Verdict, f.Reasons = c.verdict(f)
	return f, nil
}

// border returns the strongest models that hold and the weakest that fail; those that are undecided are neither.
func (c *registers) border() (strongest, weakest []Model) {
	strongest, weakest = []Model{}, []Model{}
	for _, r := range c.result.Models {
		beyond := func(s register.ModelResult) bool {
			return s.Model != r.Model && s.Verdict == r.Verdict &&
				(r.Verdict == register.Holds && s.Model.Implies(r.Model) || r.Verdict == register.Fails && r.Model.Implies(s.Model))
		}
		switch {
		case slices.ContainsFunc(c.result.Models, beyond):
		case r.Verdict == register.Holds:
			strongest = append(strongest, Model(r.Model))
		case r.Verdict == register.Fails:
			weakest = append(weakest, Model(r.Model))
		}
	}
	return strongest, weakest
}

// inWords returns what is kept by a history of registers that keeps the model.
func inWords(m Model) string {
	base, order := m.Split()
	words := map[Model]string{
		Serializable: "serializability", Model(register.ReadAtomic): "read atomicity", Model(register.Causal): "causal consistency",
	}[base]
	if words == "" {
		words = strings.ReplaceAll(string(base), "-", " ")
	}
	return strings.ReplaceAll(string(order), "-", " ") + words
}

// notModel is the id of the anomaly that a model fails.
func notModel(m register.Model) AnomalyID { return AnomalyID("not-" + m) }

// ruledOutBy returns which of the anomalies that are reported rules a model out.
func (c *registers) ruledOutBy(r register.ModelResult, weakest []Model) AnomalyID {
	switch {
	case r.Verdict != register.Fails:
		return ""
	case r.By != "":
		return AnomalyID(r.By)
	}
	for _, m := range weakest {
		if r.Model.Implies(register.Model(m)) {
			if weak := c.of(register.Model(m)); weak.By != "" {
				return AnomalyID(weak.By)
			}
			return notModel(register.Model(m))
		}
	}
	return ""
}

// of returns the result of a model that was judged.
func (c *registers) of(m register.Model) register.ModelResult {
	n := slices.IndexFunc(c.result.Models, func(r register.ModelResult) bool { return r.Model == m })
	return c.result.Models[n]
}

// wrongReads returns what was found of each kind of read that is wrong by itself.
func (c *registers) wrongReads(w *registerWitnesses) []Anomaly {
	var all []Anomaly
	for _, kind := range register.ReadAnomalies() {
		d := define(AnomalyID(kind))
		a := Anomaly{
			ID: d.id, Class: d.class, Name: d.name, Definition: d.definition, Source: d.source,
			Allowed: !c.forbids(d.id), Exercised: d.exercised(&c.exercised),
		}
		for _, found := range c.result.Reads {
			if found.Kind != kind {
				continue
			}
			a.Count, a.Exercised = found.Count, true
			if a.Violation = !a.Allowed; a.Violation {
				a.Violations = a.Count
			}
			for _, e := range found.Examples[:min(len(found.Examples), c.opts.Witnesses)] {
				a.Witnesses = append(a.Witnesses, w.wrongRead(&e, a.Violation))
			}
		}
		all = append(all, a)
	}
	return all
}

// forbids reports whether what is expected rules out an anomaly.
func (c *registers) forbids(id AnomalyID) bool {
	return !slices.Contains(c.opts.Allow, id) &&
		(slices.Contains(c.opts.Forbid, id) || slices.Contains(RuledOut(c.opts.Expect), id))
}

// broken returns an anomaly for each of the weakest failing models that has a witness.
func (c *registers) broken(w *registerWitnesses, weakest []Model) []Anomaly {
	var all []Anomaly
	for _, m := range weakest {
		r := c.of(register.Model(m))
		if r.Witness == nil {
			continue
		}
		a := Anomaly{
			ID: notModel(r.Model), Class: "—", Name: "breach of " + inWords(m), Definition: r.Why,
			Count: 1, Exercised: true, Violation: c.breaks(r),
		}
		if a.Allowed = !a.Violation; a.Violation {
			a.Violations = 1
		}
		a.Witnesses = []Witness{w.cycle(r.Witness, a.Violation)}
		for _, t := range a.Witnesses[0].Transactions {
			a.FirstAt = max(a.FirstAt, t.End)
		}
		if c.header.Timeless() {
			a.FirstAt = 0
		}
		if a.FirstAt > 0 {
			a.Times = []int64{a.FirstAt}
		}
		all = append(all, a)
	}
	return all
}
