package checker_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// The notation of the histories in testdata/scenarios. A file says what is expected of it, then
// one operation a line, in the order of time:
//
//	anomalies: lost-update
//	fails: cursor-stability
//
//	setup x n=10 grp=7
//	T1 read x -> x0
//	T2 update x n=11 replaces x0
//	T2 commit
//	T1 update x n=11 replaces x2
//	T1 commit
//
// x0 is the version of x that the setup made, x2 that of T2, x2:1 T2's first of
// several; "none" is no row. A statement that takes long is sent on one line and answered
// on another: "T1 read x ..." and "T1 ... -> none". Transactions end with commit,
// abort, or lost (the commit was sent and no answer came).
//
// Reads return the columns that the versions named must have; x2{n=5} returns others.
// Objects a to k and m to z are rows of a table with the integer columns n and grp, l is
// a list in a second table. The line --- ends the history; what follows is the golden part.
//
// With the directive "traces: list-append" all objects are lists that tell their versions themselves: [1,2] is one.
//
// "kill" says that the server was killed, "kill over" that it was there again. "final" is the read of the final
// state, which proves lost commits if the directive "run:" says that the history is of a run of isocheck's.
type scenario struct {
	directives map[string]string
	head       []string // the lines before ---
	golden     string
	history    *history.History
}

func (s *scenario) words(directive string) []string {
	return strings.FieldsFunc(s.directives[directive], func(r rune) bool { return r == ' ' || r == ',' })
}

func (s *scenario) options() checker.Options {
	opts := checker.Options{Expect: checker.Model(s.directives["expect"]), Witnesses: 100}
	for _, w := range s.words("allow") {
		opts.Allow = append(opts.Allow, checker.AnomalyID(w))
	}
	for _, w := range s.words("forbid") {
		opts.Forbid = append(opts.Forbid, checker.AnomalyID(w))
	}
	return opts
}

func readScenario(t *testing.T, path string) *scenario {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseScenario(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

var directiveLine = regexp.MustCompile(`^([a-z]+): *(.*)$`)

func parseScenario(text string) (*scenario, error) {
	head, golden, _ := strings.Cut(text, "\n---\n")
	s := &scenario{directives: map[string]string{}, head: strings.Split(head, "\n"), golden: golden}
	p := &scenarioParser{txns: map[string]*pending{}, writes: map[string][]history.Version{}, values: map[rowVersion][]history.Value{}}
	type line struct {
		at    int
		words []string
	}
	var lines []line
	for i, l := range s.head {
		l, _, _ = strings.Cut(l, "#")
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if m := directiveLine.FindStringSubmatch(l); m != nil {
			s.directives[m[1]] = m[2]
			continue
		}
		lines = append(lines, line{i + 1, strings.Fields(l)})
	}
	p.sessions(s.directives["sessions"])
	for pass := range 2 { // the first pass learns which versions there are
		p.start(pass)
		for _, l := range lines {
			if err := p.line(int64(l.at)*10, l.words); err != nil {
				return nil, fmt.Errorf("line %d: %w", l.at, err)
			}
		}
	}
	s.history = p.finish(s.directives)
	return s, nil
}

// pending is a transaction that is being put together.
type pending struct {
	txn     *history.Transaction
	ended   bool
	waiting bool // its last operation has no answer yet
}

type scenarioParser struct {
	pass    int
	order   []*pending
	txns    map[string]*pending
	clients map[string]history.TxnID
	// writes are, by "x2", the versions of x that T2 wrote.
	writes map[string][]history.Version
	values map[rowVersion][]history.Value
	events []history.Event
}

// rowVersion is one row's version: a statement gives all rows that it writes the same.
type rowVersion struct {
	version history.Version
	key     int64
}

var scenarioTables = []history.Table{
	{Name: "rows", Columns: []history.Column{{Name: "n", Type: history.Int}, {Name: "grp", Type: history.Int}}},
	{Name: "lists", Columns: []history.Column{{Name: "list", Type: history.Text}}},
}

// sessions reads which transactions one client ran: "T1 T3 | T2 T4". The others have a client each.
func (p *scenarioParser) sessions(text string) {
	p.clients = map[string]history.TxnID{}
	for _, session := range strings.Split(text, "|") {
		for i, name := range strings.Fields(session) {
			first, _ := strconv.Atoi(strings.Fields(session)[0][1:])
			p.clients[name] = history.MakeTxnID(first, i+1)
		}
	}
}

func (p *scenarioParser) start(pass int) {
	p.pass, p.order, p.events = pass, nil, nil
	clear(p.txns)
	if pass == 0 {
		clear(p.writes)
	}
}

func (p *scenarioParser) id(name string) (history.TxnID, error) {
	if name == "setup" || name == "T0" {
		return history.MakeTxnID(0, 1), nil
	}
	if id, ok := p.clients[name]; ok {
		return id, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(name, "T"))
	if err != nil || name[0] != 'T' {
		return 0, fmt.Errorf("%q is no transaction", name)
	}
	return history.MakeTxnID(n, 1), nil
}

func (p *scenarioParser) txn(name string, at int64) (*pending, error) {
	if t, ok := p.txns[name]; ok {
		return t, nil
	}
	id, err := p.id(name)
	if name == "final" {
		id, err = history.MakeTxnID(0, 2), nil
	}
	if err != nil {
		return nil, err
	}
	t := &pending{txn: &history.Transaction{Client: id.Client(), Number: id.Number(), Name: name, Start: at - 1}}
	p.txns[name] = t
	p.order = append(p.order, t)
	return t, nil
}

func (p *scenarioParser) line(at int64, words []string) error {
	if words[0] == history.EventKilled {
		p.events = append(p.events, history.Event{At: at, Kind: strings.Join(words, "-")})
		return nil
	}
	t, err := p.txn(words[0], at)
	if err != nil {
		return err
	}
	switch {
	case words[0] == "setup":
		words = append([]string{"insert"}, words[1:]...)
	case words[0] == "final":
		words = append([]string{"scan", "all"}, words[1:]...)
	case len(words) < 2:
		return fmt.Errorf("%s does nothing", words[0])
	default:
		words = words[1:]
	}
	if t.ended {
		return fmt.Errorf("%s has ended", t.txn.Name)
	}
	txn := t.txn
	switch words[0] {
	case "begin":
		return nil
	case "commit", "abort", "lost":
		outcomes := map[string]history.Outcome{"commit": history.Committed, "abort": history.Aborted, "lost": history.Indeterminate}
		txn.Outcome, txn.Finish, txn.End, t.ended = outcomes[words[0]], at, at+5, true
		return nil
	case "...":
		if !t.waiting {
			return fmt.Errorf("%s waits for no answer", txn.Name)
		}
		t.waiting = false
		op := &txn.Ops[len(txn.Ops)-1]
		op.End = at + 5
		return p.answer(txn, op, words[1:])
	}
	if t.waiting {
		return fmt.Errorf("%s waits for an answer", txn.Name)
	}
	txn.Ops = append(txn.Ops, history.Op{Start: at, End: at + 5, Statement: -1})
	op := &txn.Ops[len(txn.Ops)-1]
	words, err = p.ask(txn, op, words)
	if err != nil {
		return err
	}
	if len(words) > 0 && words[0] == "..." {
		t.waiting = true
		return nil
	}
	return p.answer(txn, op, words)
}

// finish puts the history together.
func (p *scenarioParser) finish(directives map[string]string) *history.History {
	h := &history.History{Header: history.Header{Format: history.FormatVersion, Tables: scenarioTables}, Closed: directives["truncated"] == "", Events: p.events}
	h.Header.Run = directives["run"]
	if directives["traces"] != "" { // of lists: then every object is one
		h.Header.Traces = history.Traces(directives["traces"])
		h.Header.Tables = []history.Table{scenarioTables[1], scenarioTables[1]}
	}
	h.Header.Parts, _ = strconv.Atoi(directives["parts"])
	if words := strings.Fields(directives["invariant"]); len(words) > 0 {
		inv := history.Invariant{Kind: history.InvariantKind(words[0]), Name: words[0]}
		if len(words) > 1 {
			inv.Column = slices.Index([]string{"n", "grp"}, words[1])
			inv.Value, _ = strconv.ParseInt(words[2], 10, 64)
			inv.Group = 1 // grp
		}
		for _, word := range words[min(3, len(words)):] { // of a linear sum: n+ or n-, and so on; rows+ counts rows
			name, sign := word[:len(word)-1], map[byte]int64{'+': 1, '-': -1}[word[len(word)-1]]
			inv.Terms = append(inv.Terms, history.Term{Column: slices.Index([]string{"rows", "n", "grp"}, name) - 1, Times: sign})
		}
		h.Header.Invariants = append(h.Header.Invariants, inv)
	}
	for _, t := range p.order {
		if !t.ended { // the setup, the final read
			t.txn.Outcome = history.Committed
			t.txn.Finish = t.txn.Ops[len(t.txn.Ops)-1].End + 1
			t.txn.End = t.txn.Finish + 1
		}
		for i := range t.txn.Ops {
			if op := &t.txn.Ops[i]; h.Header.Traces == history.ListAppend && op.Kind == history.Append {
				op.Rows = nil // what it replaced only the lists tell
			}
		}
		h.Txns = append(h.Txns, *t.txn)
	}
	slices.SortStableFunc(h.Txns, func(a, b history.Transaction) int { return int(a.End - b.End) })
	return h
}
