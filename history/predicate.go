package history

// Predicate chooses rows: those for which every condition holds. The empty
// Predicate chooses all rows.
type Predicate []Condition

// Comparison is how a condition compares a column with its value.
type Comparison uint8

// The comparisons.
const (
	Equal Comparison = iota
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

// Condition compares one column with a constant.
type Condition struct {
	Column int // index into Table.Columns
	Cmp    Comparison
	Value  Value
}

// Matches reports whether a row with these columns is chosen. As in SQL, a
// comparison with NULL never holds.
func (p Predicate) Matches(values []Value) bool {
	for _, c := range p {
		if c.Column >= len(values) || !c.holds(values[c.Column]) {
			return false
		}
	}
	return true
}

func (c Condition) holds(v Value) bool {
	order, ok := v.Compare(c.Value)
	if !ok {
		return false
	}
	switch c.Cmp {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	case GreaterEqual:
		return order >= 0
	}
	return false
}
