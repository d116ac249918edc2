package checker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/isocheck/isocheck/history"
)

// witnesses holds the transactions that the kept instances need, fetched from
// the history in a second reading.
type witnesses struct {
	ix         *index
	chains     *chains
	txns       map[history.TxnID]history.Transaction
	statements []string
}

// fetch reads the history again and keeps the transactions of the witnesses.
func fetch(ctx context.Context, src Source, c *check) (*witnesses, error) {
	w := &witnesses{ix: c.ix, chains: c.chains, txns: map[history.TxnID]history.Transaction{}}
	wanted := map[history.TxnID]bool{}
	for _, t := range c.by {
		for i := range t.kept {
			for _, txn := range t.kept[i].transactions() {
				wanted[c.ix.ids[txn]] = true
			}
		}
	}
	if len(wanted) == 0 {
		return w, nil
	}
	stream, err := src.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the history again: %w", err)
	}
	defer stream.Close()
	var t history.Transaction
	for len(w.txns) < len(wanted) {
		switch err := stream.Next(&t); {
		case errors.Is(err, io.EOF):
			return nil, errors.New("the history changed while it was checked: a transaction is gone")
		case err != nil:
			return nil, fmt.Errorf("reading the history again: %w", err)
		}
		if wanted[t.ID()] {
			w.txns[t.ID()] = t.Clone()
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	w.statements = slices.Clone(stream.Statements())
	return w, nil
}

// transactions returns those of an instance, in the order in which the edges name them.
func (in *instance) transactions() []int32 {
	var txns []int32
	for _, e := range in.edges {
		for _, t := range []int32{e.from, e.to} {
			if !slices.Contains(txns, t) {
				txns = append(txns, t)
			}
		}
	}
	return txns
}

// witness makes a kept instance readable.
func (w *witnesses) witness(in *instance) Witness {
	txns := in.transactions()
	out := Witness{Violation: in.violation}
	for _, t := range txns {
		out.Transactions = append(out.Transactions, w.txns[w.ix.ids[t]])
	}
	for _, e := range in.edges {
		out.Edges = append(out.Edges, w.edge(e, slices.Index(txns, e.from), slices.Index(txns, e.to)))
	}
	if (in.id == IncompatibleVersions || in.id == LostCommit) && out.Edges[0].Kind == WW {
		out.Edges[0].Text = fmt.Sprintf("T1 and T2 both replaced version %s of %s", out.Edges[0].Seen, w.object(out.Edges[0]))
	}
	if in.id == InternalRead && len(txns) > 1 {
		out.Edges[0].Text = fmt.Sprintf("T2 saw %s as T1 had written it, upon what T2 wrote only later", w.object(out.Edges[0]))
	}
	out.Sentence = w.sentence(in, out)
	return out
}

// edge makes an edge readable.
func (w *witnesses) edge(e edge, from, to int) Edge {
	out := Edge{From: from, To: to, Kind: e.kind.exported(), FromOp: -1, ToOp: -1, Table: -1}
	ix := w.ix
	if e.write >= 0 {
		write := &ix.writes[e.write]
		out.Table, out.Key = int(ix.objects.table[write.object]), ix.objects.key[write.object]
		out.Written = ix.version(e.write)
	}
	switch e.kind {
	case ww:
		out.Seen, out.ToOp = w.overwrote(e), int(ix.writes[e.write].op)
		if out.Seen > 0 {
			out.FromOp = out.Seen.Op()
		}
	case wr:
		read := &ix.reads[e.read]
		out.ToOp, out.Seen = int(read.op()), read.version
		out.Table, out.Key = int(ix.objects.table[read.object]), ix.objects.key[read.object]
		if e.write >= 0 {
			out.FromOp = int(ix.writes[e.write].op)
		}
	case rw:
		out.FromOp, out.ToOp, out.Seen = int(ix.reads[e.read].op()), int(ix.writes[e.write].op), ix.reads[e.read].version
	case predicateRW:
		out.FromOp, out.ToOp, out.Seen = int(ix.scans[e.scan].op), int(ix.writes[e.write].op), absent
	case predicateWR:
		out.FromOp, out.ToOp, out.Seen = int(ix.writes[e.write].op), int(ix.scans[e.scan].op), absent
	}
	out.Text = w.describe(e, out)
	return out
}

// overwrote returns the version that a ww edge's write overwrote. What an insert
// replaced, or a write upon an aborted version, the write itself does not know.
func (w *witnesses) overwrote(e edge) history.Version {
	if p := w.chains.prev[e.write]; p >= 0 && w.ix.writes[p].txn == e.from {
		return w.ix.version(p)
	}
	if w.ix.lists != nil && w.ix.writes[e.write].previous == unplaced {
		return w.ix.version(w.ix.lists.tail(w.ix.writes[e.write].object)) // it follows that, perhaps not at once
	}
	return w.ix.writes[e.write].previous
}

// object names a row: "accounts 7".
func (w *witnesses) object(e Edge) string {
	if e.Table < 0 || e.Table >= len(w.ix.header.Tables) {
		return "a row"
	}
	return fmt.Sprintf("%s %d", w.ix.header.Tables[e.Table].Name, e.Key)
}

// describe says an edge in plain English.
func (w *witnesses) describe(e edge, out Edge) string {
	from, to, object := fmt.Sprintf("T%d", out.From+1), fmt.Sprintf("T%d", out.To+1), w.object(out)
	switch e.kind {
	case ww:
		return fmt.Sprintf("%s overwrote %s, which %s had written", to, object, from)
	case wr:
		if e.from == e.to || e.write < 0 {
			return fmt.Sprintf("%s read %s", to, object)
		}
		if w.ix.reads[e.read].version == absent {
			return fmt.Sprintf("%s found no %s, which %s had deleted", to, object, from)
		}
		return fmt.Sprintf("%s read %s as %s had written it", to, object, from)
	case rw:
		if w.ix.reads[e.read].version == absent {
			return fmt.Sprintf("%s made %s, which %s had looked for and not found", to, object, from)
		}
		return fmt.Sprintf("%s overwrote %s, of which %s had read the version before", to, object, from)
	case predicateRW:
		if w.got(e) {
			return fmt.Sprintf("%s took %s out of the predicate, by which %s had got it before", to, object, from)
		}
		return fmt.Sprintf("%s made %s match the predicate that %s evaluated without getting it", to, object, from)
	case predicateWR:
		if e.from == e.to {
			return fmt.Sprintf("%s evaluated a predicate that %s matches", to, object)
		}
		if w.got(e) {
			return fmt.Sprintf("%s made %s match the predicate, by which %s then got it", from, object, to)
		}
		return fmt.Sprintf("%s took %s out of the predicate, and %s no longer got it", from, object, to)
	case session:
		return fmt.Sprintf("%s ran before %s in the same client", from, to)
	default:
		return fmt.Sprintf("%s had ended before %s began", from, to)
	}
}

// got reports whether a predicate edge's scan got the row: it wrote it, and that was rolled back.
func (w *witnesses) got(e edge) bool {
	scan := &w.ix.scans[e.scan]
	return slices.ContainsFunc(w.ix.writesOf(scan.txn), func(x write) bool {
		return x.op == scan.op && x.object == w.ix.writes[e.write].object && x.undone > 0
	})
}

// sentence says in plain English what an instance is.
func (w *witnesses) sentence(in *instance, out Witness) string {
	edges := out.Edges
	first := edges[0]
	object := w.object(first)
	a, b := fmt.Sprintf("T%d", first.From+1), fmt.Sprintf("T%d", first.To+1)
	switch in.id {
	case LostUpdate, CursorLostUpdate:
		return fmt.Sprintf("%s read %s, %s then changed it, and %s overwrote that change without having seen it.", a, object, b, a)
	case NonRepeatableRead:
		if op := firstWrite(out, edges[len(edges)-1].ToOp, first.FromOp); op != "" {
			return fmt.Sprintf("%s read %s, and its %s of the same row met another version, because %s changed it in between.", a, object, op, b)
		}
		return fmt.Sprintf("%s read %s twice and got two versions, because %s changed it in between.", a, object, b)
	case Phantom:
		return fmt.Sprintf("%s evaluated a predicate; %s changed whether %s matches it, and %s saw only a part of that.", a, b, object, a)
	case ReadSkew:
		return fmt.Sprintf("%s read %s as it was before %s changed it, but it also saw, or overwrote, what came of that change.", a, object, b)
	case FracturedRead:
		return fmt.Sprintf("%s saw that %s had taken effect, and yet read %s as it was before.", a, w.lastWriter(edges), object)
	case DirtyRead:
		if first.Kind == PredicateWR {
			return fmt.Sprintf("%s evaluated a predicate and did not get %s, which %s had taken out of it, and %s.", b, object, a, w.undid(in.edges[0].write, a))
		}
		return fmt.Sprintf("%s read %s as %s had written it, and %s.", b, object, a, w.undid(in.edges[0].write, a))
	case NonDurableRead:
		return fmt.Sprintf("%s read %s as %s had written it, whose commit was never acknowledged, and which was gone after the server was killed.", b, object, a)
	case IntermediateRead:
		if first.Kind == PredicateWR {
			return fmt.Sprintf("%s evaluated a predicate and did not get %s, which %s had taken out of it at first; %s then put it back before it committed.", b, object, a, a)
		}
		return fmt.Sprintf("%s read %s as %s had written it at first; %s then wrote it again before it committed.", b, object, a, a)
	case DirtyUpdate:
		return fmt.Sprintf("%s overwrote the version of %s that %s had written, and %s.", b, object, a, w.undid(w.ix.find(w.ix.writes[in.edges[0].write].object, first.Seen), a))
	case IncompatibleVersions:
		if first.Kind == WR && in.edges[0].write >= 0 {
			return fmt.Sprintf("%s read a list of %s in which what %s appended once stands twice.", b, object, a)
		}
		if first.Kind == WR {
			return fmt.Sprintf("%s and %s read lists of %s of which neither is the beginning of the other.", a, b, object)
		}
		return fmt.Sprintf("%s and %s both replaced the same version of %s, and both took effect.", a, b, object)
	case LostCommit:
		if first.Kind == WW {
			return fmt.Sprintf("%s was acknowledged before the server was killed, and afterwards %s overwrote %s as it was before.", a, b, object)
		}
		return fmt.Sprintf("%s was acknowledged, and the final read shows %s as it was before.", b, object)
	case GarbageRead:
		return fmt.Sprintf("%s read in %s what nobody wrote.", b, object)
	case FutureRead:
		return fmt.Sprintf("%s had read %s before %s sent the write that it saw.", b, object, a)
	case InternalRead:
		if first.From != first.To {
			return fmt.Sprintf("%s evaluated a predicate and saw the version of %s of %s, which came of what %s wrote later.", b, object, a, b)
		}
		return fmt.Sprintf("%s did not read its own latest write of %s.", b, object)
	}
	return fmt.Sprintf("%d transactions depend on each other in a circle, so that no serial order explains what they saw: %s.", len(in.transactions()), joinTexts(edges))
}

// undid says how a transaction undid a write, -1 if it is not known which.
func (w *witnesses) undid(write int32, name string) string {
	if write >= 0 && w.ix.writes[write].undone > 0 {
		return name + " rolled that back to a savepoint"
	}
	return name + " aborted"
}

// firstWrite names the first of these operations of a witness's first transaction that is a write, "" if none is.
func firstWrite(out Witness, ops ...int) string {
	for _, n := range ops {
		if t := &out.Transactions[0]; n >= 0 && n < len(t.Ops) && t.Ops[n].Kind.Writes() {
			return t.Ops[n].Kind.String()
		}
	}
	return ""
}

// lastWriter names the transaction that a witness's last edge comes from.
func (w *witnesses) lastWriter(edges []Edge) string {
	return fmt.Sprintf("T%d", edges[len(edges)-1].From+1)
}

func joinTexts(edges []Edge) string {
	text := ""
	for i, e := range edges {
		switch {
		case i > 0 && i == len(edges)-1:
			text += ", and "
		case i > 0:
			text += ", "
		}
		text += e.Text
	}
	return text
}
