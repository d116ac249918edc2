package cobra

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// firstWrite is the number of the first write: the special ones are greater or in between, and are left out.
const firstWrite = 1

// Write writes a history into a folder, which must be empty or not be there yet. It
// returns notes on what the format cannot say. Which write has which number is kept
// in memory.
func Write(ctx context.Context, path string, src history.Source) ([]string, error) {
	if entries, err := os.ReadDir(path); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("writing cobra: %s: %w", path, errFull)
	}
	summary, err := registers.Summarise(ctx, src)
	if err == nil {
		err = summary.DirtyRead
	}
	if err != nil {
		return nil, err
	}
	w := &writer{summary: summary, written: map[value]write{}}
	if err := registers.Each(ctx, src, w.number); err != nil {
		return nil, err
	}
	defer func() { _ = w.spool.Close() }() // it is a temporary file
	if err := registers.Each(ctx, src, w.transaction); err != nil {
		return nil, err
	}
	if err := w.logs(path); err != nil {
		return nil, fmt.Errorf("writing cobra: %w", err)
	}
	return summary.Notes(false), nil
}

// value is a value of a key, and write what wrote it.
type (
	value struct{ key, value int64 }
	write struct{ txn, id int64 }
)

type writer struct {
	summary *registers.Summary
	written map[value]write
	spool   registers.Spool
	txns    int64 // numbered so far
	writes  int64
	id      int64 // of the transaction that was written last
}

// number numbers the writes of a transaction.
func (w *writer) number(t *registers.Txn) error {
	if !w.summary.Committed(t) {
		return nil
	}
	w.txns++
	for _, op := range t.Ops {
		if op.Write {
			w.written[value{op.Key, op.Value}] = write{w.txns, firstWrite + w.writes}
			if w.writes++; special(firstWrite + w.writes) {
				w.writes++
			}
		}
	}
	return nil
}

func special(id int64) bool {
	return id == initial || id == null || id == collecting || id == collected
}

// transaction writes the records of a transaction.
func (w *writer) transaction(t *registers.Txn) error {
	if !w.summary.Committed(t) {
		return nil
	}
	section := w.spool.Section(w.summary.Session(t))
	section.Count++
	b := section.Text
	w.id++
	id := w.id
	b = appendRecord(b, 'S', id)
	for _, op := range t.Ops {
		from, known := w.written[value{op.Key, op.Value}]
		switch {
		case op.Write:
			b = appendRecord(b, 'W', from.id, op.Key, op.Value)
		case op.Value == 0:
			b = appendRecord(b, 'R', initial, initial, op.Key, 0)
		case known:
			b = appendRecord(b, 'R', from.txn, from.id, op.Key, op.Value)
		default:
			return fmt.Errorf("%w: transaction %s read a value that nobody wrote, and the logs name the writer", registers.ErrContent, history.TxnID(t.ID))
		}
	}
	section.Text = appendRecord(b, 'C', id)
	return w.spool.Flush(section)
}

func appendRecord(b []byte, letter byte, fields ...int64) []byte {
	b = append(b, letter)
	for _, f := range fields {
		b = binary.BigEndian.AppendUint64(b, uint64(f))
	}
	return b
}

// logs writes all logs, or leaves none.
func (w *writer) logs(path string) error {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	for n, session := range w.spool.Sessions() {
		if err := w.log(logName(path, n), session); err != nil {
			for ; n >= 0; n-- {
				err = errors.Join(err, os.Remove(logName(path, n)))
			}
			return err
		}
	}
	return nil
}

func logName(path string, n int) string { return filepath.Join(path, fmt.Sprintf("T%d.log", n+1)) }

// log writes the log of a session.
func (w *writer) log(path string, session int64) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 256<<10)
	err = w.spool.Write(out, w.spool.Section(session))
	return errors.Join(err, out.Flush(), file.Close())
}
