package memory

import (
	"math/rand/v2"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

// engine runs the sessions, one step at a time.
type engine struct {
	config Config
	rules  rules
	rng    *rand.Rand
	rows   []*row
	// now is the virtual clock, in nanoseconds; commits counts the commits.
	now, commits int64
	first        int64 // the number of the commit that put the rows in
	sessions     []session
	started      int
	ended        int
	value        int64 // the last one that was appended, or written to a register
	setUp        bool
	planter      *planter
}

func newEngine(c Config) (*engine, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	in, err := inForce(c.Model, c.Off)
	if err != nil {
		return nil, err
	}
	e := &engine{config: c, rules: in, rng: rand.New(rand.NewPCG(c.Seed, 0x150c4ec)), sessions: make([]session, 1+max(c.Sessions, c.plantClients())), commits: 1, first: 1}
	for i := range c.Keys {
		e.rows = append(e.rows, &row{key: int64(i + 1)})
	}
	for i := range e.sessions {
		e.sessions[i] = session{engine: e, txn: history.Transaction{Client: i}}
	}
	e.planter = newPlanter(e)
	return e, nil
}

// next runs until a transaction has ended, and returns it; nil when all have.
func (e *engine) next() *history.Transaction {
	if !e.setUp {
		e.setUp = true
		if e.config.Kind == Traced {
			s := e.setup()
			e.first = e.commits
			return s
		}
	}
	for {
		if t := e.planter.next(); t != nil {
			return t
		}
		if e.ended == e.config.Txns {
			return nil
		}
		s := e.draw()
		e.now += 2
		if s.step() {
			e.ended++
			return &s.txn
		}
	}
}

// draw draws a session that can take a step. One always can: a session that
// would close a circle of waiting ones fails instead.
func (e *engine) draw() *session {
	n, start := e.config.Sessions, e.started < e.config.Txns && !e.planter.due()
	at := e.rng.IntN(n)
	for i := range n {
		s := &e.sessions[1+(at+i)%n]
		if s.waitsFor == nil && (s.active || start) {
			return s
		}
	}
	panic("memory: every session waits")
}

// setup puts the rows in, in a transaction of client 0. Where rows are inserted and deleted later, every
// other one is left out.
func (e *engine) setup() *history.Transaction {
	s := &e.sessions[0]
	s.begin()
	e.started = 0
	for i, r := range e.rows {
		if i%2 == 1 && e.config.Mix.Insert > 0 {
			continue
		}
		e.now += 2
		s.rows = append(s.rows, r)
		n := e.rng.Int64N(int64(e.config.Values))
		s.send(history.Op{Kind: history.Insert, Key: r.key, Set: s.assign(history.Assign{Value: history.IntValue(n)})})
		s.write(r, nil)
	}
	e.now += 2
	s.txn.Finish = e.now
	s.finish()
	return &s.txn
}

// row returns the row of a slot, for lists a new one when the last is full.
func (e *engine) row(slot int) *row {
	r := e.rows[slot]
	if v := r.newest(); e.config.Kind.lists() && v.exists() && v.n >= int64(e.config.ListLength) {
		r = &row{key: r.key + int64(len(e.rows))}
		e.rows[slot] = r
	}
	return r
}

// horizon returns the oldest snapshot that anybody has, or may still get.
func (e *engine) horizon() int64 {
	oldest := e.commits
	for i := range e.sessions {
		if s := &e.sessions[i]; s.active && s.snapshot > 0 {
			oldest = min(oldest, s.snapshot)
		}
	}
	return oldest - staleness
}

// staleness is how many commits old a snapshot may be where the model allows old ones.
const staleness = 20

// appended returns the list with an element more.
func appended(list string, element int64) string {
	if list == "" {
		return strconv.FormatInt(element, 10)
	}
	return list + "," + strconv.FormatInt(element, 10)
}
