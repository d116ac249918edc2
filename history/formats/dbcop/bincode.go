package dbcop

import (
	"encoding/binary"
	"io"

	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// bincodeParser reads the first version's format. All integers have 64 bits,
// little-endian; a list is its length and its elements, a string its length and its bytes:
//
//	history      id, sessions, variables, transactions, events (all numbers),
//	             info, start, end (strings), list of sessions
//	session      list of transactions
//	transaction  list of events, success (a byte, 0 or 1)
//	event        write (a byte), variable, value (numbers), success (a byte)
type bincodeParser struct {
	b        *scan.Binary
	file     io.Closer
	begun    bool
	session  int64
	sessions int64 // that follow
	txns     int64 // that follow in this session
}

func newBincodeParser(name string, src io.Reader, closer io.Closer) *bincodeParser {
	return &bincodeParser{b: scan.NewBinary(name, src, binary.LittleEndian), file: closer}
}

func (p *bincodeParser) Close() error { return p.file.Close() }

func (p *bincodeParser) ErrorAt(at scan.Place, problem string) error {
	return p.b.ErrorAt(int64(at.Column)-1, problem)
}

// Next reads the next transaction.
func (p *bincodeParser) Next(t *registers.Txn) error {
	*t = registers.Txn{Ops: t.Ops[:0]}
	if !p.begun {
		p.begin()
	}
	for p.txns == 0 && p.sessions > 0 && p.b.Err() == nil {
		p.sessions--
		p.session++
		p.txns = p.b.Length("the number of the session's transactions")
	}
	if err := p.b.Err(); err != nil {
		return err
	}
	if p.txns == 0 {
		if !p.b.AtEnd() {
			p.b.Fail(0, "expected the end of the file after the last session")
		}
		if err := p.b.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	p.txns--
	t.Session, t.At.Column = p.session, int(p.b.At())+1
	for n := p.b.Length("the number of the transaction's events"); n > 0 && p.b.Err() == nil; n-- {
		op := registers.Op{Write: p.b.Bool("whether the event is a write")}
		op.Key, op.Value = p.b.Int("a variable"), p.b.Int("a value")
		op.Failed = !p.b.Bool("whether the event succeeded")
		t.Ops = append(t.Ops, op)
	}
	t.Outcome = outcome(p.b.Bool("whether the transaction succeeded"))
	return p.b.Err()
}

// begin reads what comes before the sessions.
func (p *bincodeParser) begin() {
	p.begun = true
	for _, what := range []string{"the history's id", "the number of sessions", "the number of variables", "the number of transactions", "the number of events"} {
		p.b.Length(what)
	}
	for _, what := range []string{"the info", "the start", "the end"} {
		p.b.Skip(p.b.Length("the length of "+what), what)
	}
	p.sessions = p.b.Length("the number of sessions")
}
