package databases

import (
	"fmt"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

// Builder writes one SQL statement for a dialect, twice at the same time: as it
// is sent, with the dialect's placeholders, and as the history keeps it, with
// {key}, {version}, {set.N}, {update.N} and {where.N} where values go.
type Builder struct {
	// Quote returns a name as the dialect writes it.
	Quote func(name string) string
	// Placeholder returns the n-th placeholder, from 1.
	Placeholder func(n int) string
	// TextCast is what follows a placeholder whose type the server could not
	// tell otherwise, and which is text; empty where it needs no telling.
	TextCast string

	sent, text []byte
	params     []Param
}

// Param says which value of an operation goes to one placeholder.
type Param struct {
	From ParamSource
	N    int // index into op.Set, op.Where or op.Update
}

// ParamSource is where a placeholder's value comes from.
type ParamSource uint8

// The sources of values.
const (
	FromKey ParamSource = iota
	FromVersion
	FromSet
	FromWhere
	FromUpdate
)

// Value returns the value that goes to the placeholder when the operation, which is to write the version, is sent.
func (p Param) Value(op *history.Op, version history.Version) history.Value {
	switch p.From {
	case FromVersion:
		return history.IntValue(int64(version))
	case FromSet:
		return op.Set[p.N].Value
	case FromWhere:
		return op.Where[p.N].Value
	case FromUpdate:
		return op.Update[p.N].Value
	default:
		return history.IntValue(op.Key)
	}
}

func (p Param) name() string {
	switch p.From {
	case FromVersion:
		return "{version}"
	case FromSet:
		return "{set." + strconv.Itoa(p.N) + "}"
	case FromWhere:
		return "{where." + strconv.Itoa(p.N) + "}"
	case FromUpdate:
		return "{update." + strconv.Itoa(p.N) + "}"
	default:
		return "{key}"
	}
}

// SQL adds words that are the same in both texts.
func (b *Builder) SQL(words ...string) *Builder {
	for _, w := range words {
		b.sent = append(b.sent, w...)
		b.text = append(b.text, w...)
	}
	return b
}

// Name adds a table's or a column's name, quoted where it must be.
func (b *Builder) Name(name string) *Builder { return b.SQL(b.Quote(name)) }

// Param adds a placeholder for a value. The suffix, such as a cast that the
// server needs to know the placeholder's type, is only sent.
func (b *Builder) Param(p Param, suffix string) *Builder {
	b.params = append(b.params, p)
	b.sent = append(b.sent, b.Placeholder(len(b.params))...)
	b.sent = append(b.sent, suffix...)
	b.text = append(b.text, p.name()...)
	return b
}

// Key adds a placeholder for the operation's key.
func (b *Builder) Key() *Builder { return b.Param(Param{From: FromKey}, "") }

// Version adds a placeholder for the version that the operation writes.
func (b *Builder) Version() *Builder { return b.Param(Param{From: FromVersion}, "") }

// Set adds a placeholder for the value of the operation's n-th assignment.
func (b *Builder) Set(n int) *Builder { return b.Param(Param{From: FromSet, N: n}, "") }

// Columns adds the names of all columns of a traced table, the key first.
func (b *Builder) Columns(t *history.Table) *Builder {
	b.SQL("id")
	for _, c := range t.Columns {
		b.SQL(", ").Name(c.Name)
	}
	return b.SQL(", version, previous")
}

// Predicate adds the WHERE clause for the operation's predicate, nothing for the empty one.
func (b *Builder) Predicate(t *history.Table, where history.Predicate) *Builder {
	return b.Conditions(t, where, " WHERE ", "")
}

// Conditions adds the conditions of the operation's predicate, the word first and AND between them; nothing for
// the empty predicate. The qualifier goes before each column.
func (b *Builder) Conditions(t *history.Table, where history.Predicate, word, qualifier string) *Builder {
	for i, c := range where {
		b.SQL(word, qualifier).Name(t.Columns[c.Column].Name).SQL(comparisons[c.Cmp])
		b.Param(Param{From: FromWhere, N: i}, "")
		word = " AND "
	}
	return b
}

var comparisons = [...]string{
	history.Equal: " = ", history.NotEqual: " <> ", history.Less: " < ",
	history.LessEqual: " <= ", history.Greater: " > ", history.GreaterEqual: " >= ",
}

// Assign adds the assignments of a write, separated by commas. The qualifier,
// such as "t.", goes before a column where its old value is meant.
func (b *Builder) Assign(t *history.Table, set []history.Assign, qualifier string) *Builder {
	return b.assign(t, set, FromSet, qualifier)
}

// Updates adds what an Upsert assigns to the row that is there, as Assign does.
func (b *Builder) Updates(t *history.Table, update []history.Assign, qualifier string) *Builder {
	return b.assign(t, update, FromUpdate, qualifier)
}

func (b *Builder) assign(t *history.Table, set []history.Assign, from ParamSource, qualifier string) *Builder {
	for i := range set {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(t.Columns[set[i].Column].Name).SQL(" = ").NewValue(t, set, i, from, qualifier)
	}
	return b
}

// NewValue adds the value that the n-th assignment gives its column.
func (b *Builder) NewValue(t *history.Table, set []history.Assign, n int, from ParamSource, qualifier string) *Builder {
	column, param := t.Columns[set[n].Column].Name, Param{From: from, N: n}
	switch set[n].Op {
	case history.Add:
		return b.SQL(qualifier).Name(column).SQL(" + ").Param(param, "")
	case history.Concat:
		b.SQL("concat_ws(',', nullif(", qualifier).Name(column).SQL(", ''), ")
		return b.Param(param, b.TextCast).SQL(")")
	default:
		return b.Param(param, "")
	}
}

// Statement returns the statement as it is sent, as the history keeps it, and
// the values of its placeholders in their order.
func (b *Builder) Statement() (sent, text string, params []Param) {
	return string(b.sent), string(b.text), b.params
}

// CheckOp reports what is wrong with an operation on these tables before any SQL
// is made of it: a table or column that does not exist, an unknown comparison.
func CheckOp(tables []history.Table, op *history.Op) error {
	if uint(op.Table) >= uint(len(tables)) {
		return fmt.Errorf("there is no table %d", op.Table)
	}
	t := &tables[op.Table]
	for _, assigns := range [][]history.Assign{op.Set, op.Update} {
		for _, a := range assigns {
			if uint(a.Column) >= uint(len(t.Columns)) || a.Op > history.Concat {
				return fmt.Errorf("%s: no assignment of kind %d to a column %d", t.Name, a.Op, a.Column)
			}
		}
	}
	for _, c := range op.Where {
		if uint(c.Column) >= uint(len(t.Columns)) || int(c.Cmp) >= len(comparisons) {
			return fmt.Errorf("%s: no comparison of kind %d with a column %d", t.Name, c.Cmp, c.Column)
		}
	}
	if (op.Kind == history.Update || op.Kind == history.UpdateWhere || op.Kind == history.Append) && len(op.Set) == 0 {
		return fmt.Errorf("%s: a write that sets no column", t.Name)
	}
	if op.Kind == history.Upsert && len(op.Update) == 0 {
		return fmt.Errorf("%s: an upsert that updates no column; an insert that may be refused is InsertIgnore", t.Name)
	}
	return nil
}
