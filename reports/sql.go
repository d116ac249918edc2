package reports

import (
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// sqlOf returns the statement that an operation sent, with its values in place
// of the placeholders; where no statement is known, the operation in words.
func sqlOf(h *history.Header, statements []string, t *history.Transaction, op int) string {
	o := &t.Ops[op]
	if o.Statement < 0 || o.Statement >= len(statements) {
		return operationText(h, o)
	}
	return fill(statements[o.Statement], o, t.ID().Version(op))
}

// fill puts the values of an operation in place of {key}, {version}, {set.N},
// {update.N} and {where.N}. It goes over the text once, so that a value which looks like
// a placeholder stays as it is; what it does not know it leaves.
func fill(text string, op *history.Op, version history.Version) string {
	var out strings.Builder
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		out.WriteString(text[:open])
		if value, ok := placeholder(text[open+1:open+length], op, version); ok {
			out.WriteString(value)
			text = text[open+length+1:]
		} else {
			out.WriteByte('{')
			text = text[open+1:]
		}
	}
	out.WriteString(text)
	return out.String()
}

func placeholder(name string, op *history.Op, version history.Version) (string, bool) {
	switch name {
	case "key":
		return strconv.FormatInt(op.Key, 10), true
	case "version":
		return strconv.FormatInt(int64(version), 10), true
	}
	if n, ok := strings.CutPrefix(name, "set."); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(op.Set) {
			return op.Set[i].Value.String(), true
		}
	}
	if n, ok := strings.CutPrefix(name, "update."); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(op.Update) {
			return op.Update[i].Value.String(), true
		}
	}
	if n, ok := strings.CutPrefix(name, "where."); ok {
		if i, err := strconv.Atoi(n); err == nil && i >= 0 && i < len(op.Where) {
			return op.Where[i].Value.String(), true
		}
	}
	return "", false
}

// versionNote says how the answers write the version that a statement has as a
// number: "8796093023233 is version 8.1.1"; "" where the statement does not have it.
func versionNote(sql string, version history.Version) string {
	digits := strconv.FormatInt(int64(version), 10)
	if version == 0 || !strings.Contains(sql, digits) {
		return ""
	}
	return digits + " is version " + version.String()
}

// operationText returns an operation in words, for histories that carry no
// statement texts: "read accounts 7 for update".
func operationText(h *history.Header, op *history.Op) string {
	var out strings.Builder
	out.WriteString(verb(op.Kind) + " ")
	if !op.Kind.NamesRow() && !op.Kind.ByPredicate() { // a savepoint, or an advisory lock
		return out.String() + strconv.FormatInt(op.Key, 10)
	}
	out.WriteString(tableName(h, op.Table))
	if !op.Kind.ByPredicate() {
		out.WriteString(" " + strconv.FormatInt(op.Key, 10))
	}
	if op.Kind.ByPredicate() || len(op.Where) > 0 && op.Kind != history.Upsert {
		out.WriteString(whereText(h, op))
	}
	separator := " set "
	for _, set := range op.Set {
		out.WriteString(separator + assignText(columnName(h, op.Table, set.Column), set))
		separator = ", "
	}
	separator = " or if it is there set "
	for _, set := range op.Update {
		out.WriteString(separator + assignText(columnName(h, op.Table, set.Column), set))
		separator = ", "
	}
	if op.Kind == history.Upsert && len(op.Where) > 0 {
		out.WriteString(whereText(h, op))
	}
	if op.Limit > 0 {
		out.WriteString(" limit " + strconv.Itoa(op.Limit))
	}
	return out.String() + lockText(op.Lock)
}

func verb(k history.Kind) string {
	switch k {
	case history.Read, history.ReadWhere:
		return "read"
	case history.Insert:
		return "insert"
	case history.Update, history.UpdateWhere:
		return "update"
	case history.Delete, history.DeleteWhere:
		return "delete"
	case history.Append:
		return "append to"
	case history.Savepoint:
		return "savepoint"
	case history.RollbackTo:
		return "roll back to savepoint"
	case history.Release:
		return "release savepoint"
	case history.InsertIgnore:
		return "insert unless there"
	case history.Upsert:
		return "insert or update"
	case history.Advisory:
		return "take advisory lock"
	}
	return "operation on"
}

func whereText(h *history.Header, op *history.Op) string {
	conditions := make([]string, len(op.Where))
	for i, c := range op.Where {
		conditions[i] = columnName(h, op.Table, c.Column) + " " + comparison(c.Cmp) + " " + c.Value.String()
	}
	if len(conditions) == 0 {
		return ", all rows"
	}
	return " where " + strings.Join(conditions, " and ")
}

func comparison(c history.Comparison) string {
	signs := []string{"=", "<>", "<", "<=", ">", ">="}
	if int(c) < len(signs) {
		return signs[c]
	}
	return "?"
}

func assignText(column string, a history.Assign) string {
	switch a.Op {
	case history.Add:
		return column + " = " + column + " + " + a.Value.String()
	case history.Concat:
		return column + " = " + column + " || " + a.Value.String()
	}
	return column + " = " + a.Value.String()
}

func lockText(l history.Lock) string {
	switch l {
	case history.ForShare:
		return " for share"
	case history.ForUpdate:
		return " for update"
	case history.NoWait:
		return " for update nowait"
	case history.SkipLocked:
		return " for update skip locked"
	}
	return ""
}

// tableName returns a table's name, and its number where the header does not know it.
func tableName(h *history.Header, table int) string {
	if table >= 0 && table < len(h.Tables) {
		return h.Tables[table].Name
	}
	return "table " + strconv.Itoa(table)
}

func columnName(h *history.Header, table, column int) string {
	if table >= 0 && table < len(h.Tables) && column >= 0 && column < len(h.Tables[table].Columns) {
		return h.Tables[table].Columns[column].Name
	}
	return "column " + strconv.Itoa(column)
}
