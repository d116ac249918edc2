package mysql

import (
	"fmt"
	"strconv"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// rendered is the SQL for operations of one shape.
type rendered struct {
	sent   string // as it is sent
	text   string // as the history keeps it
	params []databases.Param
	trace  trace
}

// capture is the session's variable in which a write of several rows gathers
// which rows it wrote, and the version that each had: see captured.
const capture = "@written"

// render returns the SQL for operations of op's shape. Assignments are evaluated
// from left to right, so that previous must stand before version.
func render(product string, tables []history.Table, op *history.Op) (rendered, error) {
	if err := databases.CheckOp(tables, op); err != nil {
		return rendered{}, err
	}
	t := &tables[op.Table]
	b := &databases.Builder{Quote: quote, Placeholder: func(int) string { return "?" }}
	var r rendered
	switch op.Kind {
	case history.Read:
		r.trace = returned
		b.SQL("SELECT ").Columns(t).SQL(" FROM ").Name(t.Name).SQL(" WHERE id = ").Key()
		b.SQL(lock(product, op.Lock))
	case history.ReadWhere:
		r.trace = returned
		b.SQL("SELECT ").Columns(t).SQL(" FROM ").Name(t.Name).Predicate(t, op.Where).SQL(" ORDER BY id")
		if op.Limit > 0 {
			b.SQL(" LIMIT ", strconv.Itoa(op.Limit))
		}
		b.SQL(lock(product, op.Lock))
	case history.Insert:
		r.trace = started
		insert(b, t, op)
	case history.Append:
		if len(t.Unique) > 0 {
			return r, fmt.Errorf("%s has unique columns: ON DUPLICATE KEY UPDATE could write another row than that of the key", t.Name)
		}
		r.trace = inserted
		insert(b, t, op).SQL(" ON DUPLICATE KEY UPDATE ").Assign(t, op.Set, "").SQL(lastInsertID).Version()
	case history.InsertIgnore:
		// INSERT IGNORE would swallow every other error too. To set the key to what it is changes
		// nothing, and the server counts no row.
		r.trace = started
		insert(b, t, op).SQL(" ON DUPLICATE KEY UPDATE id = id")
	case history.Upsert:
		if len(t.Unique) > 0 {
			return r, fmt.Errorf("%s has unique columns: ON DUPLICATE KEY UPDATE could write another row than that of the key", t.Name)
		}
		r.trace = inserted
		upsert(insert(b, t, op).SQL(" ON DUPLICATE KEY UPDATE "), t, op)
	case history.Advisory:
		r.trace = advisory
		b.SQL("SELECT GET_LOCK(").Key().SQL(", @@innodb_lock_wait_timeout)")
	case history.Update:
		r.trace = inPacket
		b.SQL("UPDATE ").Name(t.Name).SQL(" SET ").Assign(t, op.Set, "").SQL(lastInsertID).Version()
		b.SQL(" WHERE id = ").Key().Conditions(t, op.Where, " AND ", "")
	case history.UpdateWhere:
		r.trace = captured
		b.SQL("UPDATE ").Name(t.Name).SQL(" SET ").Assign(t, op.Set, "").SQL(", previous = IF(")
		gather(b).SQL(" IS NULL, 0, version), version = ").Version().Predicate(t, op.Where)
	case history.Delete, history.DeleteWhere:
		r.trace = remove(b, product, t, op)
	default:
		return r, fmt.Errorf("there is no operation of kind %d", op.Kind)
	}
	r.sent, r.text, r.params = b.Statement()
	return r, nil
}

const lastInsertID = ", previous = LAST_INSERT_ID(version), version = "

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

// upsert adds the assignments to the row that is there. Where they depend on a
// condition, version is the first to be assigned: what is assigned after it goes by whether it
// was, because assignments change what the condition says.
func upsert(b *databases.Builder, t *history.Table, op *history.Op) {
	if len(op.Where) == 0 {
		b.Updates(t, op.Update, "").SQL(lastInsertID).Version()
		return
	}
	b.SQL("previous = IF(").Conditions(t, op.Where, "", "").SQL(", LAST_INSERT_ID(version), previous), version = IF(")
	b.Conditions(t, op.Where, "", "").SQL(", ").Version().SQL(", version)")
	for i, a := range op.Update {
		column := t.Columns[a.Column].Name
		b.SQL(", ").Name(column).SQL(" = IF(version = ").Version().SQL(", ").NewValue(t, op.Update, i, databases.FromUpdate, "")
		b.SQL(", ").Name(column).SQL(")")
	}
}

// remove adds a DELETE. MariaDB returns what it deleted. On MySQL the condition
// tells: it is true of every row, and is evaluated, after the others, for each
// row that is to be deleted.
func remove(b *databases.Builder, product string, t *history.Table, op *history.Op) trace {
	b.SQL("DELETE FROM ").Name(t.Name)
	and := " AND "
	switch {
	case op.Kind == history.Delete:
		b.SQL(" WHERE id = ").Key().Conditions(t, op.Where, " AND ", "")
	case len(op.Where) > 0:
		b.Predicate(t, op.Where)
	default:
		and = " WHERE "
	}
	switch {
	case product == "mariadb":
		b.SQL(" RETURNING id, version")
		return returned
	case op.Kind == history.Delete:
		b.SQL(and, "LAST_INSERT_ID(version) <> 0")
		return lastID
	default:
		gather(b.SQL(and)).SQL(" IS NOT NULL")
		return captured
	}
}

// gather adds the expression that notes a row in the session's variable, which
// then holds the version that is being written, and key and old version of each
// row so far: "9 1 4 2 5". What another statement left in it is dropped.
func gather(b *databases.Builder) *databases.Builder {
	b.SQL("(" + capture + " := concat(if(substring_index(" + capture + ", ' ', 1) = ").Version()
	return b.SQL(", " + capture + ", ").Version().SQL("), ' ', id, ' ', version))")
}

// lock returns what follows a SELECT. The words for a shared lock that both
// products know are not the ones that MySQL's manual now recommends.
func lock(product string, l history.Lock) string {
	switch l {
	case history.ForShare:
		if product == "mariadb" {
			return " LOCK IN SHARE MODE"
		}
		return " FOR SHARE"
	case history.ForUpdate:
		return " FOR UPDATE"
	case history.NoWait:
		return " FOR UPDATE NOWAIT"
	case history.SkipLocked:
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}
