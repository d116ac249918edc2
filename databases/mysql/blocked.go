package mysql

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
)

var _ databases.LockWatcher = (*Database)(nil)

// lockWaits is a connection that asks who waits for whom.
type lockWaits struct {
	link *link
	// asked counts the questions, so that an answer can tell to which one it is.
	asked int
}

// waitingMySQL reads the lock system as it is. A row's lock may have been made by
// the session that waits for it, in the name of the transaction that had changed the
// row: so whose a transaction is, is told by its lock of the table.
const waitingMySQL = `SELECT DISTINCT r.PROCESSLIST_ID, b.PROCESSLIST_ID FROM performance_schema.data_lock_waits w
  JOIN performance_schema.threads r ON r.THREAD_ID = w.REQUESTING_THREAD_ID
  JOIN performance_schema.data_locks l ON l.ENGINE_TRANSACTION_ID = w.BLOCKING_ENGINE_TRANSACTION_ID AND l.LOCK_TYPE = 'TABLE'
  JOIN performance_schema.threads b ON b.THREAD_ID = l.THREAD_ID
  UNION SELECT r.PROCESSLIST_ID, b.PROCESSLIST_ID FROM performance_schema.metadata_locks w
  JOIN performance_schema.metadata_locks l USING (OBJECT_TYPE, OBJECT_NAME)
  JOIN performance_schema.threads r ON r.THREAD_ID = w.OWNER_THREAD_ID
  JOIN performance_schema.threads b ON b.THREAD_ID = l.OWNER_THREAD_ID
  WHERE OBJECT_TYPE = 'USER LEVEL LOCK' AND w.LOCK_STATUS = 'PENDING' AND l.LOCK_STATUS = 'GRANTED'`

// waitingMariaDB reads a copy of the lock system, which InnoDB does not renew
// before 100 ms have passed since anybody read it. The copy has the statements
// that ran when it was made: with the asker's own among them, it is not older than
// the question. %s is what this question has and no other.
const waitingMariaDB = `SELECT /* %s */ r.trx_mysql_thread_id, r.trx_id, r.trx_lock_structs, COALESCE(w.blocking_trx_id, ''), r.trx_query LIKE '%%/* %s */%%'
  FROM information_schema.innodb_trx r
  LEFT JOIN information_schema.innodb_lock_waits w ON w.requesting_trx_id = r.trx_id AND r.trx_state = 'LOCK WAIT'`

const (
	// renewTime is how long InnoDB keeps its copy after it was read. Up to as long again
	// is waited besides, lest two who ask keep it from ever being renewed.
	renewTime = 102 * time.Millisecond
	// renewTries is how often a copy may be found to be old, because others read it too.
	renewTries = 40
)

// WatchLocks opens a connection that asks who waits for whom. On MySQL its user
// needs SELECT on performance_schema, which must not be switched off; on MariaDB PROCESS.
func (d *Database) WatchLocks(ctx context.Context) (databases.LockWaits, error) {
	l, err := d.dial(ctx, "")
	if err != nil {
		return nil, err
	}
	w := &lockWaits{link: l}
	if _, err := w.Waits(ctx); err != nil {
		l.close()
		return nil, err
	}
	if l.server.Product == "mysql" {
		done := l.guard(ctx)
		on, err := l.row("SELECT @@performance_schema", 1)
		done()
		if err == nil && on[0] != "1" {
			err = errors.New("the server runs with performance_schema=OFF, and only that schema says which sessions wait for locks")
		}
		if err != nil {
			l.close()
			return nil, err
		}
	}
	return w, nil
}

// Waits asks, and on MariaDB until the answer is to this question.
func (w *lockWaits) Waits(ctx context.Context) (map[int64][]int64, error) {
	defer w.link.guard(ctx)()
	if w.link.server.Product == "mysql" {
		rows, err := w.link.rows(waitingMySQL, 2)
		if err != nil {
			return nil, w.refused(ctx, err)
		}
		return pairs(rows)
	}
	for try := range renewTries {
		rows, err := w.askMariaDB()
		if err != nil {
			return nil, w.refused(ctx, err)
		}
		c, err := readCopy(rows, w.link.id)
		if err != nil {
			return nil, err
		}
		if c != nil {
			return c.waits(), nil
		}
		pause := renewTime
		if try > 0 {
			pause += rand.N(renewTime)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil, errors.New("others ask the server for its InnoDB transactions all the time, so that it never looks at them anew")
}

// askMariaDB asks in a transaction, because only statements of transactions are in the copy.
func (w *lockWaits) askMariaDB() ([][]string, error) {
	if err := w.link.exec("START TRANSACTION WITH CONSISTENT SNAPSHOT"); err != nil {
		return nil, err
	}
	w.asked++
	mark := fmt.Sprintf("isocheck %d.%d", w.link.id, w.asked)
	rows, err := w.link.rows(fmt.Sprintf(waitingMariaDB, mark, mark), 5)
	return rows, errors.Join(err, w.link.exec("ROLLBACK"))
}

// pairs reads who waits for whom.
func pairs(rows [][]string) (map[int64][]int64, error) {
	waits := map[int64][]int64{}
	for _, row := range rows {
		from, err := strconv.ParseInt(row[0], 10, 64)
		to, err2 := strconv.ParseInt(row[1], 10, 64)
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("asking which sessions wait for locks: %w", err)
		}
		waits[from] = append(waits[from], to)
	}
	return waits, nil
}

// refused says what the user lacks, where that is why the server did not answer.
func (w *lockWaits) refused(ctx context.Context, err error) error {
	hint := ""
	if e := (*driver.MySQLError)(nil); errors.As(err, &e) && (e.Number == 1142 || e.Number == 1227) {
		grant := "GRANT PROCESS ON *.*"
		if w.link.server.Product == "mysql" {
			grant = "GRANT SELECT ON performance_schema.*"
		}
		hint = fmt.Sprintf("; let an administrator run: %s TO '%s'@'…'", grant, strings.ReplaceAll(w.link.config.User, "'", "''"))
	}
	return fmt.Errorf("asking which sessions wait for locks: %w%s", classify(ctx, err, nil), hint)
}

// Close ends the connection.
func (w *lockWaits) Close() error {
	w.link.close()
	return nil
}
