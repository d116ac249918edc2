package formats_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/checker/register"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// write writes a history and opens what was written, its format found out by the content.
func write(t *rapid.T, dir string, src history.Source, format formats.Format) (history.Source, []string, error) {
	path := filepath.Join(dir, "history")
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	notes, err := formats.Write(context.Background(), path, format, src, formats.Options{})
	if err != nil {
		return nil, nil, err
	}
	back, found, err := formats.Open(path, "")
	if errors.Is(err, formats.ErrUnknown) && isEmpty(t, src) {
		t.Skip("there is nothing to tell the format by")
	}
	if err != nil {
		t.Fatalf("opening what was written as %s: %v", format, err)
	}
	if found != format {
		t.Fatalf("%s was taken for %s", format, found)
	}
	return back, notes, nil
}

// isEmpty reports whether no transaction that is written does anything.
func isEmpty(t *rapid.T, src history.Source) bool {
	return len(sessions(t, src, true)) == 0 || len(sessions(t, src, false)) == 0
}

// sessions writes down what each session's committed transactions did, with every value
// named after the write that it came from. aborts adds what aborted transactions wrote.
func sessions(t *rapid.T, src history.Source, aborts bool) []string {
	ctx := context.Background()
	summary, err := registers.Summarise(ctx, src)
	if err != nil {
		t.Fatal(err)
	}
	type cell struct{ key, value int64 }
	type txn struct {
		session int64
		registers.Txn
	}
	var all []txn
	err = registers.Each(ctx, src, func(x *registers.Txn) error {
		c := *x
		c.Ops = slices.Clone(x.Ops)
		switch {
		case summary.Committed(x):
		case !aborts:
			return nil
		default:
			c.Ops = slices.DeleteFunc(c.Ops, func(op registers.Op) bool { return !op.Write })
		}
		if len(c.Ops) > 0 {
			all = append(all, txn{summary.Session(x), c})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// The writers' names do not depend on the order of the sessions: what their sessions read and wrote, value for value, does.
	name := map[cell]string{}
	count := map[int64]int{}
	for _, x := range all {
		for _, op := range x.Ops {
			if op.Write {
				name[cell{op.Key, op.Value}] = fmt.Sprintf("%d/%d", op.Key, op.Value)
			}
		}
		count[x.session]++
	}
	text := map[int64]*strings.Builder{}
	for _, x := range all {
		b := text[x.session]
		if b == nil {
			b = &strings.Builder{}
			text[x.session] = b
		}
		for _, op := range x.Ops {
			if !summary.Committed(&x.Txn) {
				b.WriteString("aborted ")
			}
			source, known := name[cell{op.Key, op.Value}]
			if !known {
				source = "initial or unknown"
			}
			fmt.Fprintf(b, "%v %d %s\n", op.Write, op.Key, source)
		}
		if summary.Committed(&x.Txn) {
			b.WriteString("committed\n") // where an aborted one ends plume does not say
		}
	}
	var out []string
	for _, b := range text {
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

// models judges a history of registers.
func models(t *rapid.T, src history.Source, orders ...register.Order) map[register.Model]register.Verdict {
	s, err := src.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var ix register.Index
	var x history.Transaction
	for s.Next(&x) == nil {
		if err := ix.Add(&x); err != nil {
			t.Fatal(err)
		}
	}
	r, err := ix.Check(context.Background(), register.Options{})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[register.Model]register.Verdict{}
	for _, m := range r.Models {
		if _, order := m.Model.Split(); slices.Contains(orders, order) {
			verdicts[m.Model] = m.Verdict
		}
	}
	return verdicts
}

var withoutTimes = []formats.Format{formats.Plume, formats.AWDIT, formats.DBCop, formats.DBCopText, formats.DBCopBincode, formats.Cobra}

func shapeOf(t *rapid.T) shape {
	return shape{
		aborted: rapid.Bool().Draw(t, "some abort"), indeterminate: rapid.Bool().Draw(t, "some are in doubt"),
		serial: rapid.IntRange(0, 3).Draw(t, "serial") == 0,
	}
}

// A history of registers comes back from every format with the same reads-from, and is judged the same.
func TestRegistersComeBack(t *testing.T) {
	for _, format := range append(withoutTimes, formats.JepsenEDN, formats.JepsenJSON, formats.Isocheck) {
		t.Run(string(format), func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				s := shapeOf(t)
				h := registerHistory(t, s)
				if slices.Contains(withoutTimes, format) {
					takeTimes(h)
				} else {
					forgetInitialReads(h)
				}
				back, _, err := write(t, dir, h, format)
				if errors.Is(err, formats.ErrContent) && refuses(h, format) {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				aborts := format != formats.AWDIT && format != formats.Cobra && format != formats.JepsenEDN && format != formats.JepsenJSON
				if s.indeterminate && (format == formats.JepsenEDN || format == formats.JepsenJSON) {
					// A process crashes where the outcome is in doubt: the session goes on as another one.
				} else if format == formats.Cobra {
					// Its values are the numbers of the writes.
					if got, want := len(sessions(t, back, false)), len(sessions(t, h, false)); got != want {
						t.Fatalf("%d sessions, want %d", got, want)
					}
				} else if diff := cmp.Diff(sessions(t, h, aborts && !s.indeterminate), sessions(t, back, aborts && !s.indeterminate)); diff != "" {
					t.Fatalf("not the same (-written +read):\n%s", diff)
				}
				// Where outcomes are in doubt the session order is not the same: see Summary.Session.
				orders := []register.Order{register.NoOrder}
				if !s.indeterminate {
					orders = append(orders, register.SessionOrder)
				}
				if format == formats.JepsenEDN || format == formats.JepsenJSON || format == formats.Isocheck {
					orders = append(orders, register.RealTimeOrder)
				}
				want, got := models(t, h, orders...), models(t, back, orders...)
				delete(want, register.Causal) // it includes session order
				delete(got, register.Causal)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("judged otherwise (-written +read):\n%s", diff)
				}
			})
		})
	}
}

// takeTimes makes a history one without times: by times alone some reads are impossible.
func takeTimes(h *history.History) {
	for i := range h.Txns {
		t := &h.Txns[i]
		t.Start, t.End = 0, 0
		for j := range t.Ops {
			t.Ops[j].Start, t.Ops[j].End = 0, 0
		}
	}
}

// forgetInitialReads makes the reads of transactions in doubt that found nothing ones that
// got no answer: Jepsen writes both as nil.
func forgetInitialReads(h *history.History) {
	for i := range h.Txns {
		for j := range h.Txns[i].Ops {
			if op := &h.Txns[i].Ops[j]; h.Txns[i].Outcome == history.Indeterminate && op.Kind == history.Read && len(op.Rows) == 0 {
				op.Error = &history.Error{Class: history.OtherError}
			}
		}
	}
}

// refuses reports whether a format has reason to refuse a history: it names the writer of
// each value, or has no aborted transactions, and somebody read what an aborted one wrote.
func refuses(h *history.History, format formats.Format) bool {
	if format != formats.AWDIT && format != formats.Cobra {
		return false
	}
	return slices.ContainsFunc(h.Txns, func(t history.Transaction) bool { return t.Outcome != history.Committed })
}

// A history of traced rows comes back as registers with the same reads-from, and what
// fails as registers fails as traced rows.
func TestTracedRowsComeBackAsRegisters(t *testing.T) {
	for _, format := range append(withoutTimes, formats.JepsenEDN, formats.JepsenJSON) {
		t.Run(string(format), func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				h := tracedHistory(t, shape{aborted: rapid.Bool().Draw(t, "some abort"), serial: rapid.Bool().Draw(t, "serial")})
				back, _, err := write(t, dir, h, format)
				if err != nil {
					t.Fatal(err)
				}
				if format != formats.Cobra {
					if diff := cmp.Diff(sessions(t, h, false), sessions(t, back, false)); diff != "" {
						t.Fatalf("not the same (-written +read):\n%s", diff)
					}
				}
				f, err := checker.Check(context.Background(), h, checker.Options{})
				if err != nil {
					t.Fatal(err)
				}
				holds := map[checker.Model]bool{}
				for _, m := range f.Models {
					holds[m.Model] = m.Holds
				}
				verdicts := models(t, back, register.NoOrder)
				for traced, plain := range map[checker.Model]register.Model{
					checker.Serializable: register.Serializable, checker.SnapshotIsolation: register.SnapshotIsolation, checker.ReadCommitted: register.ReadCommitted,
				} {
					if holds[traced] && verdicts[plain] == register.Fails {
						t.Fatalf("%s holds on the traced rows, and fails on the registers", traced)
					}
				}
			})
		})
	}
}

// A history of lists comes back from Jepsen's formats and is judged the same.
func TestListsComeBack(t *testing.T) {
	for _, format := range []formats.Format{formats.JepsenEDN, formats.JepsenJSON, formats.Isocheck} {
		t.Run(string(format), func(t *testing.T) {
			dir := t.TempDir()
			rapid.Check(t, func(t *rapid.T) {
				s := shapeOf(t)
				h := listHistory(t, s)
				forgetInitialReads(h)
				back, _, err := write(t, dir, h, format)
				if err != nil {
					t.Fatal(err)
				}
				if stream, err := back.Open(); err != nil || stream.Header().Traces != history.ListAppend {
					t.Skip("nothing was found and nothing appended: they could be registers")
				}
				if diff := cmp.Diff(judged(t, h, s.indeterminate), judged(t, back, s.indeterminate)); diff != "" {
					t.Fatalf("judged otherwise (-written +read):\n%s", diff)
				}
			})
		})
	}
}

// judged returns what the checker finds: the models that hold, and how many there are of each anomaly.
func judged(t *rapid.T, src history.Source, doubts bool) map[string]string {
	f, err := checker.Check(context.Background(), src, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"counts": fmt.Sprint(f.Counts.Committed, f.Counts.Aborted, f.Counts.Indeterminate)}
	for _, m := range f.Models {
		if _, order := m.Model.Split(); order != checker.SessionOrder || !doubts {
			out["model "+string(m.Model)] = fmt.Sprint(m.Holds)
		}
	}
	for _, a := range f.Anomalies {
		// What session order does not show any more, real-time order may.
		ordered := strings.Contains(string(a.ID), "session") || strings.Contains(string(a.ID), "real-time")
		if a.Count > 0 && (!doubts || !ordered) {
			out["anomaly "+string(a.ID)] = fmt.Sprint(a.Count)
		}
	}
	return out
}
