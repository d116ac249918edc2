// Package cobra reads and writes the logs of Cobra: a folder of files T1.log, T2.log …,
// one for each session. A log is a row of records; each begins with a letter, and its
// integers have 64 bits, big-endian:
//
//	S transaction                                begins a transaction
//	W write, key, hash of the value              writes
//	R writer's transaction, write, key, hash     reads
//	C transaction                                commits
//	A transaction                                aborts
//
// The numbers of writes are unique, and stand for the values. A read of write 0xbebeebee
// or 0xdeadbeef saw the initial value.
package cobra

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// The numbers that mean something special in Cobra's logs.
const (
	initial    = 0xbebeebee // the write, and the transaction, of initial values
	null       = 0xdeadbeef // the write that a read of nothing saw
	collecting = 0x23332333 // writes of Cobra's own garbage collection
	collected  = 0x66666666
)

// Folder returns the history in a folder.
func Folder(path string) history.Source { return folder(path) }

type folder string

func (path folder) Open() (history.Stream, error) {
	logs, err := Logs(string(path))
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	if len(logs) == 0 {
		return nil, fmt.Errorf("opening a history: no logs in %s: their names end in .log", string(path))
	}
	return registers.Stream(&parser{logs: logs}, registers.Header("cobra")), nil
}

// Logs returns the logs in a folder, by the numbers in their names.
func Logs(path string) ([]string, error) {
	logs, err := filepath.Glob(filepath.Join(escape(path), "*.log"))
	if err != nil {
		return nil, err
	}
	if len(logs) == 0 {
		_, err = os.ReadDir(path) // Glob keeps errors for itself
	}
	number := func(path string) int {
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "T"), ".log"))
		return n
	}
	slices.SortStableFunc(logs, func(a, b string) int { return number(a) - number(b) })
	return logs, err
}

// escape makes a path a pattern of itself.
func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// parser reads one log after the other.
type parser struct {
	logs    []string // that follow
	file    *os.File
	b       *scan.Binary
	session int64
}

func (p *parser) Close() error {
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}

func (p *parser) ErrorAt(at scan.Place, problem string) error {
	return p.b.ErrorAt(int64(at.Column)-1, problem)
}

// Next reads the next transaction.
func (p *parser) Next(t *registers.Txn) error {
	for p.b == nil || p.b.AtEnd() {
		if p.b != nil && p.b.Err() != nil {
			return p.b.Err()
		}
		if len(p.logs) == 0 {
			return io.EOF
		}
		if err := p.open(); err != nil {
			return err
		}
	}
	*t = registers.Txn{Ops: t.Ops[:0], Session: p.session, Outcome: history.Indeterminate}
	t.At.Column = int(p.b.At()) + 1
	if c := p.b.Byte("S, the begin of a transaction"); c != 'S' {
		p.b.Fail(1, fmt.Sprintf("expected S, the begin of a transaction, found %q", c))
	}
	t.ID = p.b.Int("the number of a transaction")
	p.operations(t)
	return p.b.Err()
}

// open goes on with the next log.
func (p *parser) open() error {
	if err := p.Close(); err != nil {
		return err
	}
	file, err := os.Open(p.logs[0])
	if err != nil {
		return fmt.Errorf("opening a history: %w", err)
	}
	p.file, p.b = file, scan.NewBinary(p.logs[0], file, binary.BigEndian)
	p.logs = p.logs[1:]
	p.session++
	return nil
}

// operations reads up to the end of the transaction. A log that ends before it leaves in
// doubt whether it committed.
func (p *parser) operations(t *registers.Txn) {
	for !p.b.AtEnd() {
		switch c := p.b.Byte("a record"); c {
		case 'W':
			t.Ops = append(t.Ops, registers.Op{Write: true, Value: p.b.Int("the number of a write"), Key: p.b.Int("a key")})
			p.b.Int("the hash of a value")
		case 'R':
			p.read(t)
		case 'C', 'A':
			t.Outcome = history.Committed
			if c == 'A' {
				t.Outcome = history.Aborted
			}
			if id := p.b.Int("the number of a transaction"); id != t.ID {
				p.b.Fail(8, fmt.Sprintf("expected the end of transaction %d, found that of %d", t.ID, id))
			}
			return
		default:
			p.b.Fail(1, fmt.Sprintf("expected W, R, C or A, found %q", c))
		}
	}
}

func (p *parser) read(t *registers.Txn) {
	writer, write := p.b.Int("the number of a transaction"), p.b.Int("the number of a write")
	op := registers.Op{Key: p.b.Int("a key")}
	p.b.Int("the hash of a value")
	switch {
	case writer == initial && (write == collecting || write == collected):
		return // Cobra asks itself whether to collect garbage
	case write != initial && write != null:
		op.Value = write
	}
	t.Ops = append(t.Ops, op)
}

var errFull = errors.New("the folder is not empty")
