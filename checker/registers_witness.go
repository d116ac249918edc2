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

// registerWitnesses makes the evidence about registers readable, with
// transactions that were fetched from the history in a second reading.
type registerWitnesses struct {
	header     *history.Header
	txns       map[history.TxnID]history.Transaction
	statements []string
}

// wanted returns the transactions of all witnesses.
func (c *registers) wanted(weakest []Model) map[history.TxnID]bool {
	ids := map[history.TxnID]bool{}
	for _, a := range c.result.Reads {
		for _, e := range a.Examples[:min(len(a.Examples), c.opts.Witnesses)] {
			ids[e.Reader] = true
			if e.WriterOp >= 0 {
				ids[e.Writer] = true
			}
		}
	}
	for _, m := range weakest {
		if w := c.of(register.Model(m)).Witness; w != nil {
			for _, id := range w.Transactions {
				ids[id] = true
			}
		}
	}
	return ids
}

// fetch reads the history again and keeps the transactions that are wanted.
func (w *registerWitnesses) fetch(ctx context.Context, src Source, wanted map[history.TxnID]bool) error {
	if len(wanted) == 0 {
		return nil
	}
	stream, err := src.Open()
	if err != nil {
		return fmt.Errorf("opening the history again: %w", err)
	}
	defer func() { _ = stream.Close() }()
	var t history.Transaction
	for n := 0; len(w.txns) < len(wanted); n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			return errors.New("the history changed while it was checked: a transaction is gone")
		case err != nil:
			return fmt.Errorf("reading the history again: %w", err)
		}
		if wanted[t.ID()] {
			w.txns[t.ID()] = t.Clone()
		}
	}
	w.statements = slices.Clone(stream.Statements())
	return nil
}

// wrongRead makes a wrong read readable: T1 wrote what T2 read, unless it is one transaction.
func (w *registerWitnesses) wrongRead(e *register.WrongRead, violation bool) Witness {
	ids := []history.TxnID{e.Reader}
	if e.WriterOp >= 0 && e.Writer != e.Reader {
		ids = []history.TxnID{e.Writer, e.Reader}
	}
	reader := len(ids) - 1
	out := Edge{To: reader, Kind: WR, Table: e.Table, Key: e.Key, FromOp: e.WriterOp, ToOp: e.ReaderOp}
	if e.WriterOp >= 0 {
		out.Seen = e.Writer.Version(e.WriterOp)
		out.Written = out.Seen
	} else if e.EarlierOp >= 0 {
		out.FromOp = e.EarlierOp // the reader's own operation, which the read contradicts
	}
	var names []string
	for i, id := range ids {
		names = append(names, fmt.Sprintf("transaction %s ", id), fmt.Sprintf("T%d ", i+1))
	}
	out.Text = strings.NewReplacer(names...).Replace(e.Text)
	return Witness{Sentence: out.Text + ".", Violation: violation, Transactions: w.transactions(ids), Edges: []Edge{out}}
}

// cycle makes the evidence that a model fails readable. Where it takes several
// cycles, the edges are those of the first one.
func (w *registerWitnesses) cycle(evidence *register.Witness, violation bool) Witness {
	out := Witness{Sentence: evidence.Sentence, Violation: violation, Transactions: w.transactions(evidence.Transactions), Edges: []Edge{}}
	first := evidence.Cycles[0]
	var texts []string
	for _, e := range first.Edges {
		if len(evidence.Cycles) > 1 || (e.From < 0 || e.To < 0) && !strings.Contains(out.Sentence, e.Text) {
			texts = append(texts, e.Text)
		}
		if e.From >= 0 && e.To >= 0 {
			out.Edges = append(out.Edges, w.edge(&e, evidence.Transactions))
		}
	}
	switch {
	case len(texts) == 0:
	case len(evidence.Cycles) == 1:
		out.Sentence += " Also, " + strings.Join(texts, "; ") + "."
	default:
		out.Sentence += " The first circle is: " + strings.Join(texts, "; ")
		if first.Forces != "" {
			out.Sentence += "; " + first.Forces
		}
		out.Sentence += "."
	}
	return out
}

func (w *registerWitnesses) edge(e *register.Edge, ids []history.TxnID) Edge {
	out := Edge{
		From: e.From, To: e.To, Kind: EdgeKind(e.Kind), Table: e.Table, Key: e.Key,
		FromOp: e.FromOp, ToOp: e.ToOp, Text: e.Text,
	}
	version := func(txn, op int) history.Version {
		if op < 0 {
			return 0
		}
		return ids[txn].Version(op)
	}
	switch e.Kind {
	case register.WR:
		out.Seen = version(e.From, e.FromOp)
		out.Written = out.Seen
	case register.WW, register.Before:
		out.Seen, out.Written = version(e.From, e.FromOp), version(e.To, e.ToOp)
	case register.RW:
		out.Written = version(e.To, e.ToOp)
	case register.Session, register.RealTime:
		out.Table = -1
	}
	return out
}

func (w *registerWitnesses) transactions(ids []history.TxnID) []history.Transaction {
	txns := make([]history.Transaction, len(ids))
	for i, id := range ids {
		txns[i] = w.txns[id]
	}
	return txns
}
