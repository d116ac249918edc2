package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strconv"
	"strings"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// lockSpace is what the names of a namespace's advisory locks begin with. A name has at most 64 characters.
func lockSpace(namespace string) string {
	return "isocheck_" + strconv.FormatInt(databases.AdvisoryBase(namespace), 36) + "_"
}

// lock gets an advisory lock, which no transaction holds but the session: unlock gives it back.
func (c *conn) lock(st *statement, op *history.Op) error {
	name := c.space + strconv.FormatInt(op.Key, 10)
	c.args = append(c.args[:0], driver.NamedValue{Ordinal: 1, Value: name})
	answer, err := st.prepared.QueryContext(context.Background(), c.args)
	if err != nil {
		return err
	}
	got := make([]driver.Value, 1)
	err = answer.Next(got)
	if closed := answer.Close(); err == nil || errors.Is(err, io.EOF) {
		err = closed
	}
	switch n, ok := got[0].(int64); {
	case err != nil:
		return err
	case ok && n == 1:
		c.locks = append(c.locks, name)
		return nil
	case ok:
		return &mysql.MySQLError{Number: lockWaitTimeout, Message: "GET_LOCK: the time for a lock wait is over"}
	}
	return &mysql.MySQLError{Number: interrupted, Message: "GET_LOCK: the wait was ended"}
}

// lockWaitTimeout is the error of a lock that was waited for too long.
const lockWaitTimeout = 1205

// unlock gives back the advisory locks of the transaction that has ended. Should that
// fail, the connection is lost, and the locks with it.
func (c *conn) unlock() {
	if len(c.locks) == 0 {
		return
	}
	_ = c.exec("DO RELEASE_LOCK('" + strings.Join(c.locks, "'), RELEASE_LOCK('") + "')")
	c.locks = c.locks[:0]
}
