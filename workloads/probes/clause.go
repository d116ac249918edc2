package probes

import (
	"slices"

	"github.com/isocheck/isocheck/history"
)

// isKeyword reports whether a word has a meaning where a table's name may stand.
func isKeyword(w string) bool { return w == "all" || w == "where" }

// table takes the table's name, which may be left out: then it is the first one.
func (s *statement) table() error {
	if s.next.kind != word || isKeyword(s.next.text) {
		return nil
	}
	n := slices.IndexFunc(s.tables, func(t history.Table) bool { return t.Name == s.next.text })
	if n < 0 {
		return s.fail(s.next.at, "there is no table %q", s.next.text)
	}
	s.op.Table = n
	return s.advance()
}

// target takes "[TABLE] KEY", "[TABLE] KEY where …", "[TABLE] all" or "[TABLE] where …". The kind is
// that of the operation where it is by predicate.
func (s *statement) target(byPredicate history.Kind) error {
	if err := s.table(); err != nil {
		return err
	}
	all, err := s.accept("all")
	switch {
	case err != nil:
		return err
	case all:
		s.op.Kind = byPredicate
		return nil
	case s.is("where"):
		s.op.Kind = byPredicate
	default:
		if s.op.Key, err = s.integer("a key, all or where"); err != nil {
			return err
		}
	}
	where, err := s.accept("where")
	if err != nil || !where {
		return err
	}
	return s.where()
}

// where takes "COLUMN = VALUE and …".
func (s *statement) where() error {
	for {
		c := history.Condition{}
		column, err := s.column()
		if err != nil {
			return err
		}
		c.Column = column
		n := slices.Index(comparisons, s.next.text)
		if s.next.kind != symbol || n < 0 {
			return s.unexpected("a comparison: = <> < <= > >=")
		}
		c.Cmp = history.Comparison(n)
		if err := s.advance(); err != nil {
			return err
		}
		if c.Value, err = s.value(s.tables[s.op.Table].Columns[column]); err != nil {
			return err
		}
		if s.op.Where = append(s.op.Where, c); len(s.op.Where) > mostConditions {
			return s.fail(s.next.at, "a statement may have at most %d conditions", mostConditions)
		}
		if more, err := s.accept("and"); err != nil || !more {
			return err
		}
	}
}

// mostConditions is how many conditions a statement may have.
const mostConditions = 8

// comparisons are in the order of history's constants.
var comparisons = []string{"=", "<>", "<", "<=", ">", ">="}

// column takes a column's name and returns its number.
func (s *statement) column() (int, error) {
	at := s.next.at
	name, err := s.word("a column's name")
	if err != nil {
		return 0, err
	}
	t := &s.tables[s.op.Table]
	n := slices.IndexFunc(t.Columns, func(c history.Column) bool { return c.Name == name })
	if n < 0 {
		return 0, s.fail(at, "table %s has no column %q", t.Name, name)
	}
	return n, nil
}

// row takes "KEY COLUMN=VALUE…", each column once; those left out are NULL.
func (s *statement) row() error {
	var err error
	if s.op.Key, err = s.integer("a row's key"); err != nil {
		return err
	}
	at := s.next.at
	if s.op.Set, err = s.assigns(); err != nil {
		return err
	}
	for _, a := range s.op.Set {
		if a.Op != history.Set {
			return s.fail(at, "a new row's columns take plain values")
		}
	}
	return nil
}

// values returns a new row's columns.
func (s *statement) values() []history.Value {
	values := make([]history.Value, len(s.tables[s.op.Table].Columns))
	for _, a := range s.op.Set {
		values[a.Column] = a.Value
	}
	return values
}

// assigns takes "COLUMN=EXPRESSION …", with blanks between them.
func (s *statement) assigns() ([]history.Assign, error) {
	var all []history.Assign
	for {
		at := s.next.at
		a, err := s.assign()
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(b history.Assign) bool { return a.Column == b.Column }) {
			return nil, s.fail(at, "the column is assigned twice")
		}
		all = append(all, a)
		if s.next.kind != word || s.is("if") || s.is("update") {
			return all, nil
		}
	}
}

// assign takes "COLUMN = VALUE" or "COLUMN = COLUMN + NUMBER", where both columns are the same.
func (s *statement) assign() (history.Assign, error) {
	column, err := s.column()
	if err != nil {
		return history.Assign{}, err
	}
	if err := s.expect("="); err != nil {
		return history.Assign{}, err
	}
	a := history.Assign{Column: column}
	c := s.tables[s.op.Table].Columns[column]
	if s.next.kind != word || s.is("null") {
		a.Value, err = s.value(c)
		return a, err
	}
	at := s.next.at
	if other, err := s.column(); err != nil {
		return a, err
	} else if other != column || c.Type != history.Int {
		return a, s.fail(at, "only a column's own old value can be added to, and only a number's")
	}
	a.Op = history.Add
	if s.next.kind != number { // "value -5" has its sign in the number
		if err := s.expect("+"); err != nil {
			return a, err
		}
	}
	n, err := s.integer("a number")
	a.Value = history.IntValue(n)
	return a, err
}
