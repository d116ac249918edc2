package history

import "math"

func (d *decoder) foundRows() ([]Row, bool) {
	start := len(d.rows)
	if d.open('[') {
		for d.element() {
			if len(d.rows)-d.begin.rows == maxRows {
				return nil, d.fail("at most 1048576 rows in a transaction")
			}
			d.rows = append(d.rows, Row{})
			if !d.row(&d.rows[len(d.rows)-1]) {
				return nil, false
			}
		}
	}
	return cut(d.rows, start), d.want == ""
}

func (d *decoder) row(r *Row) bool {
	if d.has(&tokenRow) {
		if end, ok := d.usualRow(r); end || !ok {
			return ok
		}
	} else if !d.open('{') {
		return d.want == ""
	}
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "key":
			r.Key, ok = d.integer()
		case "version":
			r.Version, ok = d.version()
		case "previous":
			r.Previous, ok = d.version()
		case "values":
			r.Values, ok = d.rowValues()
		default:
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.want == ""
}

// usualRow reads the row as this package writes it, from its first value on, as
// far as it is like that; end says that this was all.
func (d *decoder) usualRow(r *Row) (end, ok bool) {
	r.Key, ok = d.integer()
	if ok && d.has(&tokenVersion) {
		r.Version, ok = d.version()
	}
	if ok && d.has(&tokenPrevious) {
		r.Previous, ok = d.version()
	}
	if ok && d.has(&tokenValues) {
		r.Values, ok = d.rowValues()
	}
	d.fresh = false
	return ok && d.ends(), ok
}

func (d *decoder) rowValues() ([]Value, bool) {
	start := len(d.values)
	if d.open('[') {
		for d.element() {
			if len(d.values)-d.begin.values == maxValues {
				return nil, d.fail("at most 4194304 values in a transaction")
			}
			d.values = append(d.values, Value{})
			if !d.value(&d.values[len(d.values)-1], d.borrow) {
				return nil, false
			}
		}
	}
	return cut(d.values, start), d.want == ""
}

func (d *decoder) conditions() (Predicate, bool) {
	start := len(d.where)
	if d.open('[') {
		for d.element() {
			if len(d.where)-d.begin.where == maxConditions {
				return nil, d.fail("at most 65536 conditions in a transaction")
			}
			var c Condition
			if !d.condition(&c) {
				return nil, false
			}
			d.where = append(d.where, c)
		}
	}
	return cut(d.where, start), d.want == ""
}

func (d *decoder) condition(c *Condition) bool {
	if !d.open('{') {
		return d.want == ""
	}
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "column":
			c.Column, ok = d.smallInteger()
		case "cmp":
			c.Cmp, ok = word[Comparison](&d.scanner, comparisonNames[:])
		case "value":
			ok = d.value(&c.Value, false)
		default:
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.want == ""
}

func (d *decoder) assignments() ([]Assign, bool) {
	start := len(d.set)
	if d.open('[') {
		for d.element() {
			if len(d.set)-d.begin.set == maxConditions {
				return nil, d.fail("at most 65536 assignments in a transaction")
			}
			var a Assign
			if !d.assignment(&a) {
				return nil, false
			}
			d.set = append(d.set, a)
		}
	}
	return cut(d.set, start), d.want == ""
}

func (d *decoder) assignment(a *Assign) bool {
	if d.has(&tokenColumn) {
		if end, ok := d.usualAssignment(a); end || !ok {
			return ok
		}
	} else if !d.open('{') {
		return d.want == ""
	}
	for d.member() {
		var ok bool
		switch string(d.key) {
		case "column":
			a.Column, ok = d.smallInteger()
		case "op":
			a.Op, ok = word[AssignOp](&d.scanner, assignNames[:])
		case "value":
			ok = d.value(&a.Value, false)
		default:
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.want == ""
}

// usualAssignment reads the assignment as this package writes it, from its first
// value on, as far as it is like that; end says that this was all.
func (d *decoder) usualAssignment(a *Assign) (end, ok bool) {
	a.Column, ok = d.smallInteger()
	if ok && d.has(&tokenOp) {
		a.Op, ok = word[AssignOp](&d.scanner, assignNames[:])
	}
	if ok && d.has(&tokenValue) {
		ok = d.value(&a.Value, false)
	}
	d.fresh = false
	return ok && d.ends(), ok
}

// value reads a value. A text that is borrowed lies in the line, and is valid as long as that is.
func (d *decoder) value(v *Value, borrow bool) bool {
	*v = Value{}
	var ok bool
	switch c := d.peek(); {
	case c == '"':
		v.Kind = Text
		if borrow {
			v.Text, ok = d.borrowed()
		} else {
			v.Text, ok = d.str()
		}
	case c == '-' || '0' <= c && c <= '9':
		v.Kind = Int
		v.Int, ok = d.integer()
	default:
		ok = d.null() || d.fail("a value: a number, a string or null")
	}
	return ok
}

// smallInteger reads an integer that counts or numbers something.
func (d *decoder) smallInteger() (int, bool) {
	start := d.pos
	n, ok := d.integer()
	if ok && (n < 0 || n > math.MaxInt32) {
		d.pos = start
		return 0, d.fail("an integer from 0 to 2147483647")
	}
	return int(n), ok
}

// version reads a version, which has 53 bits.
func (d *decoder) version() (Version, bool) {
	start := d.pos
	n, ok := d.integer()
	if ok && (n < 0 || n >= 1<<53) {
		d.pos = start
		return 0, d.fail("a version, an integer from 0 to 9007199254740991")
	}
	return Version(n), ok
}

// word reads the name of an enum's value; null is its zero.
func word[T ~uint8](s *scanner, names []string) (T, bool) {
	start := s.pos
	text, ok := s.text()
	if !ok || text == nil {
		return 0, ok
	}
	for i, name := range names {
		if len(name) == len(text) && name != "" && name[0] == text[0] && name == string(text) {
			return T(i), true
		}
	}
	s.pos = start
	return 0, s.fail("one of " + knownNames(names))
}

// cut returns what was added to a slice since it had start elements, so that
// appending to it cannot reach the elements that follow.
func cut[T any](all []T, start int) []T {
	if len(all) == start {
		return nil
	}
	return all[start:len(all):len(all)]
}
