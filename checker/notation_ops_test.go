package checker_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// ask reads what an operation asks for and returns the words that are its answer.
func (p *scenarioParser) ask(txn *history.Transaction, op *history.Op, words []string) ([]string, error) {
	kinds := map[string]history.Kind{
		"read": history.Read, "scan": history.ReadWhere, "insert": history.Insert, "update": history.Update,
		"update-where": history.UpdateWhere, "delete": history.Delete, "delete-where": history.DeleteWhere, "append": history.Append,
		"insert-ignore": history.InsertIgnore, "upsert": history.Upsert, "savepoint": history.Savepoint, "rollback-to": history.RollbackTo,
		"release": history.Release, "advisory": history.Advisory,
	}
	if words[0] == "fails" { // the statement failed
		op.Error = &history.Error{Class: history.Deadlock}
		words = words[1:]
	}
	kind, ok := kinds[words[0]]
	if !ok || len(words) < 2 {
		return nil, fmt.Errorf("no operation: %s", strings.Join(words, " "))
	}
	op.Kind = kind
	words = words[1:]
	switch {
	case kind.ByPredicate():
		for len(words) > 0 && (words[0] == "all" || condition.MatchString(words[0])) {
			if words[0] != "all" {
				op.Where = append(op.Where, parseCondition(words[0]))
			}
			words = words[1:]
			if kind == history.UpdateWhere {
				break // what follows is assigned
			}
		}
	case !kind.NamesRow():
		op.Key, _ = strconv.ParseInt(words[0], 10, 64)
		words = words[1:]
	default:
		op.Key = objectKey(words[0])
		op.Table = objectTable(words[0])
		words = words[1:]
	}
	return p.ask2(op, words)
}

// ask2 reads locks, limits, gaps and assignments.
func (p *scenarioParser) ask2(op *history.Op, words []string) ([]string, error) {
	for len(words) > 0 {
		switch w := words[0]; {
		case w == "for" && len(words) > 1:
			locks := map[string]history.Lock{"update": history.ForUpdate, "share": history.ForShare, "skip": history.SkipLocked}
			op.Lock = locks[words[1]]
			words = words[2:]
		case w == "limit" && len(words) > 1:
			op.Limit, _ = strconv.Atoi(words[1])
			words = words[2:]
		case w == "gap":
			op.Gap = true
			words = words[1:]
		case op.Kind == history.Append && len(op.Set) == 0:
			n, err := strconv.ParseInt(w, 10, 64)
			if err != nil {
				return nil, err
			}
			op.Set = []history.Assign{{Op: history.Concat, Value: history.IntValue(n)}}
			words = words[1:]
		case w == "if" && len(words) > 1: // a further condition of an update or delete, or an upsert's
			op.Where = append(op.Where, parseCondition(words[1]))
			words = words[2:]
		case w == "else" && len(words) > 1: // what an upsert assigns where the row is there
			op.Update = append(op.Update, parseAssign(words[1]))
			words = words[2:]
		case assignment.MatchString(w):
			op.Set = append(op.Set, parseAssign(w))
			words = words[1:]
		default:
			return words, nil
		}
	}
	return nil, nil
}

var (
	condition  = regexp.MustCompile(`^(n|grp)(=|<|>|<=|>=|!=)(-?\d+)$`)
	assignment = regexp.MustCompile(`^(n|grp)(\+?=)(-?\d+)$`)
	versionRef = regexp.MustCompile(`^([a-z])(\d+)(?::(\d+))?(?:\{([^}]*)\})?$`)
)

func objectKey(name string) int64 { return int64(name[0]-'a') + 1 }

func objectTable(name string) int {
	if name[0] == 'l' {
		return 1
	}
	return 0
}

func parseCondition(w string) history.Condition {
	m := condition.FindStringSubmatch(w)
	cmps := map[string]history.Comparison{
		"=": history.Equal, "!=": history.NotEqual, "<": history.Less, "<=": history.LessEqual, ">": history.Greater, ">=": history.GreaterEqual,
	}
	n, _ := strconv.ParseInt(m[3], 10, 64)
	return history.Condition{Column: map[string]int{"n": 0, "grp": 1}[m[1]], Cmp: cmps[m[2]], Value: history.IntValue(n)}
}

func parseAssign(w string) history.Assign {
	m := assignment.FindStringSubmatch(w)
	n, _ := strconv.ParseInt(m[3], 10, 64)
	a := history.Assign{Column: map[string]int{"n": 0, "grp": 1}[m[1]], Value: history.IntValue(n)}
	if m[2] == "+=" {
		a.Op = history.Add
	}
	return a
}

// answer reads what the database answered.
func (p *scenarioParser) answer(txn *history.Transaction, op *history.Op, words []string) error {
	number := len(txn.Ops) - 1
	if op.Error != nil {
		return nil //nolint:nilerr // the error that the history records, not one of the parser
	}
	if !op.Kind.NamesRow() && !op.Kind.ByPredicate() {
		return nil
	}
	if op.Kind == history.Insert || op.Kind == history.InsertIgnore || op.Kind == history.Upsert {
		for c := range 2 { // an insert sets every column
			if !slicesContainsColumn(op.Set, c) {
				op.Set = append(op.Set, history.Assign{Column: c, Value: history.IntValue(0)})
			}
		}
	}
	if len(words) == 0 {
		switch {
		case op.Kind == history.Insert || op.Kind == history.Append || op.Kind == history.InsertIgnore || op.Kind == history.Upsert:
			p.wrote(txn, op, number, op.Key, 0)
			return nil
		case op.Gap:
			return nil
		}
		return fmt.Errorf("what was the answer?")
	}
	if words[0] != "->" && words[0] != "replaces" {
		return fmt.Errorf("unknown word %s", words[0])
	}
	for _, w := range words[1:] {
		if w == "none" {
			continue
		}
		if list, ok := strings.CutPrefix(w, "["); ok {
			op.Rows = append(op.Rows, history.Row{Key: op.Key, Values: []history.Value{history.TextValue(strings.TrimSuffix(list, "]"))}})
			continue
		}
		m := versionRef.FindStringSubmatch(w)
		if m == nil {
			return fmt.Errorf("no version: %s", w)
		}
		v, err := p.version(m)
		if err != nil {
			return err
		}
		if op.Kind.Writes() {
			p.wrote(txn, op, number, objectKey(w), v)
			continue
		}
		op.Table = objectTable(w)
		row := history.Row{Key: objectKey(w), Version: v, Values: p.values[rowVersion{v, objectKey(w)}]}
		if m[4] != "" && p.pass > 0 {
			a := parseAssign(m[4])
			row.Values = append([]history.Value(nil), row.Values...)
			row.Values[a.Column] = a.Value
		}
		op.Rows = append(op.Rows, row)
	}
	return nil
}

func slicesContainsColumn(set []history.Assign, column int) bool {
	for _, a := range set {
		if a.Column == column {
			return true
		}
	}
	return false
}

// wrote notes that an operation wrote a row.
func (p *scenarioParser) wrote(txn *history.Transaction, op *history.Op, number int, key int64, previous history.Version) {
	v := txn.ID().Version(number)
	op.Rows = append(op.Rows, history.Row{Key: key, Version: v, Previous: previous})
	ref := string(rune('a'+key-1)) + strings.TrimPrefix(txn.Name, "T")
	if txn.Name == "setup" {
		ref = string(rune('a'+key-1)) + "0"
	}
	if p.pass == 0 {
		p.writes[ref] = append(p.writes[ref], v)
		return
	}
	values := append([]history.Value(nil), p.values[rowVersion{previous, key}]...)
	if op.Kind == history.Insert || op.Kind == history.InsertIgnore || previous == 0 || values == nil {
		values = make([]history.Value, len(scenarioTables[op.Table].Columns))
	}
	set := op.Set
	if op.Kind == history.Upsert && previous != 0 {
		set = op.Update
	}
	for _, a := range set {
		values[a.Column] = assigned(values[a.Column], a)
	}
	p.values[rowVersion{v, key}] = values
}

// assigned returns what an assignment makes of a column.
func assigned(old history.Value, a history.Assign) history.Value {
	switch {
	case a.Op == history.Add && old.Kind == history.Int:
		return history.IntValue(old.Int + a.Value.Int)
	case a.Op == history.Concat && old.Text == "":
		return history.TextValue(a.Value.String())
	case a.Op == history.Concat:
		return history.TextValue(old.Text + "," + a.Value.String())
	}
	return a.Value
}

// version returns the version that a reference such as x2 or x2:1 names.
func (p *scenarioParser) version(m []string) (history.Version, error) {
	if p.pass == 0 {
		return 1, nil
	}
	all := p.writes[m[1]+m[2]]
	if len(all) == 0 { // of a transaction that is not in the history
		id, err := p.id("T" + m[2])
		return id.Version(0), err
	}
	if m[3] == "" {
		if len(all) > 1 {
			return 0, fmt.Errorf("which of the versions %s%s?", m[1], m[2])
		}
		return all[0], nil
	}
	n, _ := strconv.Atoi(m[3])
	if n < 1 || n > len(all) {
		return 0, fmt.Errorf("there is no version %s", m[0])
	}
	return all[n-1], nil
}
