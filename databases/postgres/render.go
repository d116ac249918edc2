package postgres

import (
	"fmt"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// render returns the SQL for operations of op's shape: as it is sent, as the
// history keeps it, and which values its placeholders take.
//
// Reads return every column, then version and previous. Writes return the key
// and the version that they replaced: of an update that is the new row's
// previous, of a delete the old row's version.
func render(tables []history.Table, op *history.Op) (sent, text string, params []databases.Param, err error) {
	if err := databases.CheckOp(tables, op); err != nil {
		return "", "", nil, err
	}
	t := &tables[op.Table]
	b := &databases.Builder{Quote: quote, Placeholder: placeholder, TextCast: "::text"}
	switch op.Kind {
	case history.Read:
		b.SQL("SELECT ").Columns(t).SQL(" FROM ").Name(t.Name).SQL(" WHERE id = ").Key()
		b.SQL(locks[op.Lock])
	case history.ReadWhere:
		b.SQL("SELECT ").Columns(t).SQL(" FROM ").Name(t.Name).Predicate(t, op.Where).SQL(" ORDER BY id")
		if op.Limit > 0 {
			b.SQL(" LIMIT ", strconv.Itoa(op.Limit))
		}
		b.SQL(locks[op.Lock])
	case history.Insert:
		insert(b, t, op).SQL(" RETURNING id, previous")
	case history.Append:
		insert(b, t, op).SQL(" ON CONFLICT (id) DO UPDATE SET ")
		traced(b, t, op, quote(t.Name)+".").SQL(" RETURNING id, previous")
	case history.InsertIgnore:
		insert(b, t, op).SQL(" ON CONFLICT DO NOTHING RETURNING id, previous")
	case history.Upsert:
		old := quote(t.Name) + "."
		insert(b, t, op).SQL(" ON CONFLICT (id) DO UPDATE SET ").Updates(t, op.Update, old)
		b.SQL(", previous = ", old, "version, version = ").Version()
		b.Conditions(t, op.Where, " WHERE ", old).SQL(" RETURNING id, previous")
	case history.Update:
		b.SQL("UPDATE ").Name(t.Name).SQL(" SET ")
		traced(b, t, op, "").SQL(" WHERE id = ").Key().Conditions(t, op.Where, " AND ", "").SQL(" RETURNING id, previous")
	case history.UpdateWhere:
		b.SQL("UPDATE ").Name(t.Name).SQL(" SET ")
		traced(b, t, op, "").Predicate(t, op.Where).SQL(" RETURNING id, previous")
	case history.Delete:
		b.SQL("DELETE FROM ").Name(t.Name).SQL(" WHERE id = ").Key().Conditions(t, op.Where, " AND ", "").SQL(" RETURNING id, version")
	case history.DeleteWhere:
		b.SQL("DELETE FROM ").Name(t.Name).Predicate(t, op.Where).SQL(" RETURNING id, version")
	case history.Advisory:
		b.SQL("SELECT pg_advisory_xact_lock(").Key().SQL(")")
	default:
		return "", "", nil, fmt.Errorf("there is no operation of kind %d", op.Kind)
	}
	sent, text, params = b.Statement()
	return sent, text, params, nil
}

// insert adds INSERT INTO … VALUES (…) for the columns that the operation sets.
func insert(b *databases.Builder, t *history.Table, op *history.Op) *databases.Builder {
	b.SQL("INSERT INTO ").Name(t.Name).SQL(" (id, ")
	for _, a := range op.Set {
		b.Name(t.Columns[a.Column].Name).SQL(", ")
	}
	b.SQL("version, previous) VALUES (").Key().SQL(", ")
	for i := range op.Set {
		b.Set(i).SQL(", ")
	}
	return b.Version().SQL(", 0)")
}

// traced adds the assignments of a write, those of the trace included.
func traced(b *databases.Builder, t *history.Table, op *history.Op, qualifier string) *databases.Builder {
	return b.Assign(t, op.Set, qualifier).SQL(", previous = ", qualifier, "version, version = ").Version()
}

func placeholder(n int) string { return "$" + strconv.Itoa(n) }

var locks = [...]string{
	history.NoLock: "", history.ForShare: " FOR SHARE", history.ForUpdate: " FOR UPDATE",
	history.NoWait: " FOR UPDATE NOWAIT", history.SkipLocked: " FOR UPDATE SKIP LOCKED",
}
