package memory

import (
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

// firstPlantKey is the key from which on the rows of planted anomalies are.
const firstPlantKey = 1_000_000_000

// planter puts the planted anomalies in as the engine runs.
type planter struct {
	engine  *engine
	rng     *rand.Rand
	scripts map[Anomaly]*script
	// left are the instances to come, the next one first, and at, of each, how many transactions
	// have ended before it.
	left []Anomaly
	at   []int
	key  int64
	// queue are the transactions of the instance that was just planted.
	queue  []*history.Transaction
	events []history.Event
}

func newPlanter(e *engine) *planter {
	p := &planter{
		engine: e, rng: rand.New(rand.NewPCG(e.config.Seed, 0x91a47)), key: firstPlantKey,
		scripts: e.config.scripts(),
	}
	for _, plant := range e.config.Plant {
		for range plant.Count {
			p.left = append(p.left, plant.Anomaly)
		}
	}
	p.rng.Shuffle(len(p.left), func(i, j int) { p.left[i], p.left[j] = p.left[j], p.left[i] })
	for i := range p.left {
		p.at = append(p.at, int((float64(i)+p.rng.Float64())/float64(len(p.left))*float64(e.config.Txns)))
	}
	return p
}

// due reports whether an anomaly is to be planted as soon as enough sessions are idle.
func (p *planter) due() bool { return len(p.left) > 0 && p.engine.ended >= p.at[0] }

// next returns the next transaction of a planted anomaly; nil if it is not time for one.
func (p *planter) next() *history.Transaction {
	if len(p.queue) == 0 && p.due() {
		s := p.scripts[p.left[0]]
		if idle := p.idle(s.clients); idle != nil {
			p.left, p.at = p.left[1:], p.at[1:]
			p.queue = p.plant(s, idle)
		}
	}
	if len(p.queue) == 0 {
		return nil
	}
	t := p.queue[0]
	p.queue = p.queue[1:]
	return t
}

// idle returns as many sessions that have no transaction; nil if there are too few.
func (p *planter) idle(n int) []*session {
	all := p.engine.sessions[1:]
	var idle []*session
	for i := range all {
		if !all[i].active {
			idle = append(idle, &all[i])
		}
	}
	if len(idle) < n {
		return nil
	}
	p.rng.Shuffle(len(idle), func(i, j int) { idle[i], idle[j] = idle[j], idle[i] })
	return idle[:n]
}

// plant runs the script and returns its transactions in the order in which they ended.
func (p *planter) plant(s *script, by []*session) []*history.Transaction {
	in := instance{
		planter: p, script: s, keys: map[byte]int64{}, txns: map[int]*history.Transaction{}, values: map[label]int64{},
	}
	for _, o := range s.objects {
		in.keys[o] = p.key
		p.key++
	}
	in.match = in.value()
	for _, st := range s.steps { // in the order of time, so that a session's transactions are numbered in it
		if in.txns[st.txn] == nil && st.do != 'k' {
			client := &by[s.client[st.txn]].txn
			client.Number++
			in.txns[st.txn] = &history.Transaction{Client: client.Client, Number: client.Number}
		}
	}
	var ended []*history.Transaction
	for _, st := range s.steps {
		if t := in.step(st); t != nil {
			ended = append(ended, t)
		}
	}
	p.engine.now += 2
	return ended
}

// instance is one planted anomaly.
type instance struct {
	*planter
	script *script
	keys   map[byte]int64
	txns   map[int]*history.Transaction
	values map[label]int64 // what the versions were set to, or had appended
	match  int64           // what the predicate asks for
}

// value returns a value that no other transaction writes.
func (in *instance) value() int64 {
	e := in.engine
	e.value++
	if e.config.Kind == Traced {
		return int64(e.config.Values) + e.value
	}
	return e.value
}

// step does one step, and returns the transaction if it ended.
func (in *instance) step(st step) *history.Transaction {
	in.engine.now += 2
	t, now := in.txns[st.txn], in.engine.now
	if st.do == 'k' {
		in.events = append(in.events, history.Event{At: now, Kind: history.EventKilled, Detail: "planted"})
		return nil
	}
	if t.Start == 0 {
		t.Start = now
	}
	op := history.Op{Kind: history.Read, Key: in.keys[st.object], Start: now, End: now + 1, Statement: -1}
	switch st.do {
	case 'b':
		return nil
	case 'c', 'a', 'u':
		t.Outcome = map[byte]history.Outcome{'c': history.Committed, 'a': history.Aborted, 'u': history.Indeterminate}[st.do]
		t.Finish, t.End = now, now+1
		return t
	case 'r', 'l':
		if st.do == 'l' {
			op.Lock = history.ForUpdate
		}
		op.Rows = in.read(st.sees)
	case 's':
		op.Kind, op.Key, op.Where = history.ReadWhere, 0, history.Predicate{{Value: history.IntValue(in.match)}}
		for _, sees := range st.rows {
			op.Rows = append(op.Rows, in.read(sees)...)
		}
	case 'w', 'i':
		in.write(&op, t, st)
	}
	t.Ops = append(t.Ops, op)
	return nil
}

// write fills in an operation that writes.
func (in *instance) write(op *history.Op, t *history.Transaction, st step) {
	v := label{st.object, st.txn, 1}
	for in.script.version(v) != len(t.Ops) {
		v.nth++
	}
	base, replaces := in.script.base[v]
	set := history.Assign{Value: history.IntValue(in.valueOf(v))}
	switch kind := in.engine.config.Kind; {
	case st.do == 'i':
		op.Kind, set.Value = history.Insert, history.IntValue(in.match)
		in.values[v] = in.match
	case kind.lists():
		op.Kind, set.Op = history.Append, history.Concat
	case !replaces && kind == Traced:
		op.Kind = history.Insert
	default:
		op.Kind = history.Update
	}
	op.Set = []history.Assign{set}
	row := history.Row{Key: op.Key}
	if in.engine.config.Kind.traced() {
		row.Version = t.ID().Version(len(t.Ops))
		if replaces {
			row.Previous = in.version(base)
		}
	}
	op.Rows = []history.Row{row}
}

// read returns the row that a reader of a version gets.
func (in *instance) read(sees label) []history.Row {
	sees = in.script.resolve(sees)
	if len(in.script.writes[place{sees.txn, sees.object}]) == 0 && sees.txn != garbage {
		return nil // a register that nobody wrote
	}
	value := history.IntValue(in.valueOf(sees))
	if in.engine.config.Kind.lists() {
		value = history.TextValue(in.list(sees))
	}
	row := history.Row{Key: in.keys[sees.object], Values: []history.Value{value}}
	if in.engine.config.Kind.traced() {
		row.Version = in.version(sees)
	}
	return []history.Row{row}
}

// version returns the version that a label names. What nobody wrote has the version of an operation that
// T1 does not have.
func (in *instance) version(l label) history.Version {
	if l.txn == garbage {
		return in.txns[1].ID().Version(history.MaxOps - 1)
	}
	return in.txns[l.txn].ID().Version(in.script.version(l))
}

// version returns the operation that writes the version, -1 if there is none.
func (s *script) version(l label) int {
	ops := s.writes[place{l.txn, l.object}]
	if l.nth < 1 || l.nth > len(ops) {
		return -1
	}
	return ops[l.nth-1]
}

// valueOf returns the value, or the element, that a version came with.
func (in *instance) valueOf(l label) int64 {
	if _, ok := in.values[l]; !ok {
		in.values[l] = in.value()
	}
	return in.values[l]
}

// list returns the list that a version is.
func (in *instance) list(l label) string {
	text := strconv.FormatInt(in.valueOf(l), 10)
	for base, ok := in.script.base[l]; ok; base, ok = in.script.base[base] {
		text = strconv.FormatInt(in.valueOf(base), 10) + "," + text
	}
	return text
}
