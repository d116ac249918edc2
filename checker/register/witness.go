package register

import (
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// narrator puts evidence into words. It numbers the transactions as they turn up.
type narrator struct {
	f        *facts
	versions *versions // nil for the weak models
	base     Model
	assumes  func(link) bool
	number   map[int32]int
	order    []int32
}

// witnessOf describes the cycle that a core shows for a weak model.
func (f *facts) witnessOf(c *core, base Model) *Witness {
	n := &narrator{f: f, base: base}
	if c.impossible != nil {
		return n.witness([]proofStep{{[]link{*c.impossible}, -1}}, true)
	}
	return n.witness([]proofStep{{c.shortest(), -1}}, true)
}

func (n *narrator) witness(steps []proofStep, stepwise bool) *Witness {
	n.number = map[int32]int{}
	w := &Witness{}
	for _, s := range steps {
		c := Cycle{Edges: n.edges(s.cycle)}
		if s.forced >= 0 {
			c.Forces = n.forces(s.cycle[s.forced])
		}
		w.Cycles = append(w.Cycles, c)
	}
	w.Transactions = n.f.ids(n.order)
	w.Sentence = n.sentence(w, stepwise)
	return w
}

func (n *narrator) sentence(w *Witness, stepwise bool) string {
	last := w.Cycles[len(w.Cycles)-1]
	texts := make([]string, len(last.Edges))
	for i, e := range last.Edges {
		texts[i] = e.Text
	}
	circle := strings.Join(texts, "; ")
	switch {
	case len(last.Edges) == 1 && last.Edges[0].To < 0:
		return circle + "."
	case len(w.Cycles) == 1:
		return "In a circle: " + circle + "."
	case stepwise:
		return fmt.Sprintf("After %d orders of writes that are forced, in a circle: %s.", len(w.Cycles)-1, circle)
	default:
		return fmt.Sprintf("Each order of the writes closes one of %d circles; one is: %s.", len(w.Cycles), circle)
	}
}

func (n *narrator) edges(cycle []link) []Edge {
	edges := make([]Edge, len(cycle))
	for i, l := range cycle {
		edges[i] = n.edge(l)
	}
	return edges
}

// index returns the number of a transaction in the witness, from 0.
func (n *narrator) index(t int32) int {
	if t < 0 {
		return -1
	}
	i, ok := n.number[t]
	if !ok {
		i = len(n.order)
		n.number[t] = i
		n.order = append(n.order, t)
	}
	return i
}

func (n *narrator) name(t int32) string {
	if t < 0 {
		return "the initial state"
	}
	return fmt.Sprintf("T%d", n.index(t)+1)
}

// writeOf names a transaction's write of an object.
func (n *narrator) writeOf(t int32, object string) string {
	if t < 0 {
		return "the initial state of " + object
	}
	return fmt.Sprintf("%s's write of %s", n.name(t), object)
}

func (n *narrator) object(object int32) string {
	return n.f.name(int(n.f.ix.objects.table[object]), n.f.ix.objects.key[object])
}

func (n *narrator) edge(l link) Edge {
	e := Edge{From: n.index(l.from), To: n.index(l.to), FromOp: -1, ToOp: -1, Because: -1, BecauseOp: -1}
	if l.kind == sessionLink || l.kind == realTimeLink {
		e.Kind, e.Text = Session, fmt.Sprintf("%s came before %s in its session", n.name(l.from), n.name(l.to))
		if l.kind == realTimeLink {
			e.Kind, e.Text = RealTime, fmt.Sprintf("%s had ended before %s began", n.name(l.from), n.name(l.to))
		}
		return e
	}
	object := n.object(l.object)
	e.Table, e.Key = int(n.f.ix.objects.table[l.object]), n.f.ix.objects.key[l.object]
	e.FromOp, e.ToOp = n.writeOp(l.from, l.object), n.writeOp(l.to, l.object)
	switch l.kind {
	case wrLink:
		e.Kind, e.ToOp = WR, n.readOp(l.to, l.object, l.from)
		e.Text = fmt.Sprintf("%s read %s from %s", n.name(l.to), object, n.name(l.from))
	case wwLink:
		e.Kind, e.Assumes = WW, n.assumes(l)
		e.Text = fmt.Sprintf("%s precedes %s%s", n.writeOf(l.from, object), n.name(l.to)+"'s", n.why(l))
	case rwLink:
		seen := n.versions.writer[l.a]
		e.Kind, e.Assumes, e.FromOp = RW, n.assumes(l), n.readOp(l.from, l.object, seen)
		from := "in its initial state"
		if seen >= 0 {
			from = "from " + n.name(seen)
		}
		e.Text = fmt.Sprintf("%s read %s %s, which %s overwrote", n.name(l.from), object, from, n.name(l.to))
	default:
		n.before(&e, l, object)
	}
	return e
}

// why says why one write of an object certainly precedes another; nothing if that is taken for granted.
func (n *narrator) why(l link) string {
	v := n.versions
	switch {
	case v.next[l.a] == l.b:
		return fmt.Sprintf(", because %s read it before it wrote", n.name(l.to))
	case v.block[l.a] == v.block[l.b]:
		return ", because each transaction from there on read the last one's write before it wrote"
	case v.block[l.a] == v.byObject[l.object]:
		return ", because each transaction from the initial state up to it read the last one's write before it wrote"
	default:
		return ""
	}
}

// before describes a constraint of a weak model.
func (n *narrator) before(e *Edge, l link, object string) {
	reader := owner(n.f.readFrom, l.a)
	e.Kind, e.Because, e.BecauseOp = Before, n.index(reader), int(n.f.readOp[l.a])
	saw := "the initial state"
	if l.to >= 0 {
		saw = n.name(l.to) + "'s"
	}
	e.Text = fmt.Sprintf("%s must precede %s, because %s read %s, and %s", n.writeOf(l.from, object), saw, n.name(reader), saw, n.relation(l.from, reader))
}

// relation says how a transaction that wrote the object depends on another that it must have seen.
func (n *narrator) relation(from, reader int32) string {
	f := n.f
	for r := f.readFrom[reader]; r < f.readFrom[reader+1]; r++ {
		if f.readSource[r] == from {
			when := "had also read"
			if n.base == MonotonicAtomicView {
				when = "had read before that"
			}
			return fmt.Sprintf("%s %s from %s", when, n.object(f.readObject[r]), n.name(from))
		}
	}
	if n.base == ReadAtomic {
		return fmt.Sprintf("%s came before it in its session", n.name(from))
	}
	path := f.pathBack(reader, from)
	names := make([]string, len(path))
	for i, t := range path {
		names[i] = n.name(t)
	}
	return fmt.Sprintf("%s happened before it (%s)", n.name(from), strings.Join(names, " → "))
}

// pathBack returns a shortest path by session order and reads from one
// transaction to a later one, both included.
func (f *facts) pathBack(to, from int32) []int32 {
	via := map[int32]int32{to: -1}
	queue := []int32{to}
	visit := func(t, next int32) {
		if _, seen := via[t]; t >= from && !seen {
			via[t] = next
			queue = append(queue, t)
		}
	}
	for i := 0; i < len(queue) && queue[i] != from; i++ {
		t := queue[i]
		visit(f.prev[t], t)
		for r := f.readFrom[t]; r < f.readFrom[t+1]; r++ {
			visit(f.readSource[r], t)
		}
	}
	if _, found := via[from]; !found {
		return []int32{from, to}
	}
	var path []int32
	for t := from; t >= 0; t = via[t] {
		path = append(path, t)
	}
	return path
}

// forces says what a cycle proves that cannot be closed by link l.
func (n *narrator) forces(l link) string {
	v := n.versions
	a, b := v.writer[l.a], v.writer[l.b]
	return fmt.Sprintf("so %s precedes %s", n.writeOf(b, n.object(l.object)), n.name(a)+"'s")
}

// writeOp returns the operation by which a transaction wrote the object, -1 if none.
func (n *narrator) writeOp(t, object int32) int {
	if t < 0 {
		return -1
	}
	if w := n.f.write(t, object); w >= 0 {
		return int(n.f.writeOp[w])
	}
	return -1
}

// readOp returns the operation by which a transaction read the object from another, -1 if none.
func (n *narrator) readOp(t, object, from int32) int {
	for r := n.f.readFrom[t]; r < n.f.readFrom[t+1]; r++ {
		if n.f.readObject[r] == object && n.f.readSource[r] == from {
			return int(n.f.readOp[r])
		}
	}
	return -1
}

// lostUpdate describes two transactions that read the same version and replaced it.
func (n *narrator) lostUpdate(l *lostUpdate) *Witness {
	v := n.versions
	object := v.blocks[v.block[l.version]].object
	anti := func(from, to int32) link {
		return link{from: from, to: to, kind: rwLink, object: object, a: l.version, b: v.of(to, object)}
	}
	n.assumes = func(link) bool { return false }
	w := n.witness([]proofStep{{[]link{anti(l.a, l.b), anti(l.b, l.a)}, -1}}, true)
	w.Sentence = fmt.Sprintf("T1 and T2 both read %s %s and then wrote it: one of the two updates was lost.", n.object(object), n.origin(v.writer[l.version]))
	return w
}

func (n *narrator) origin(writer int32) string {
	if writer < 0 {
		return "in its initial state"
	}
	return "from " + n.name(writer)
}

// ids returns the ids of transactions.
func (f *facts) ids(nodes []int32) []history.TxnID {
	ids := make([]history.TxnID, len(nodes))
	for i, t := range nodes {
		ids[i] = f.ix.id[f.txn[t]]
	}
	return ids
}
