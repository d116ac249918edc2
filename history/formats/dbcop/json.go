package dbcop

import (
	"io"

	"github.com/isocheck/isocheck/history/formats/internal/registers"
	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// jsonParser reads one transaction at a time, wherever the line breaks are.
type jsonParser struct {
	base
	key   []byte
	state state
	first bool // nothing was read yet of the array or object that the state is in
	// wrapped says that there is an object around the data, done that the data were read.
	wrapped, done bool
}

// state is where in the file the parser is.
type state uint8

const (
	atStart   state = iota
	inHistory       // in the object around the data
	inData          // in the array of sessions
	inSession       // in a session's array of transactions
	atEnd
)

func newJSONParser(name string, src io.Reader, closer io.Closer) *jsonParser {
	return &jsonParser{base: base{s: scan.New(name, src), file: closer}}
}

// Next reads the next transaction.
func (p *jsonParser) Next(t *registers.Txn) error {
	*t = registers.Txn{Ops: t.Ops[:0]}
	for p.step(t) {
		continue
	}
	if err := p.s.Err(); err != nil {
		return err
	}
	if p.state == atEnd {
		return io.EOF
	}
	return nil
}

// step reads on. It is false when a transaction is complete, at the end, and where something is wrong.
func (p *jsonParser) step(t *registers.Txn) bool {
	switch p.state {
	case atStart:
		return p.start()
	case inHistory:
		return p.entry()
	case inData:
		if !p.element(']') {
			return p.s.Err() == nil && p.endData()
		}
		p.session++
		p.state, p.first = inSession, true
		return p.open('[')
	case inSession:
		if !p.element(']') {
			p.state, p.first = inData, false
			return p.s.Err() == nil
		}
		t.Session = p.session
		p.transaction(t)
		return false
	}
	return false
}

func (p *jsonParser) start() bool {
	p.first = true
	if p.space() == '[' {
		p.state = inData
		return p.open('[')
	}
	p.state, p.wrapped = inHistory, true
	return p.open('{')
}

// endData goes on after the array of sessions.
func (p *jsonParser) endData() bool {
	if p.wrapped {
		p.state, p.first, p.done = inHistory, false, true
		return true
	}
	return p.end()
}

// end makes sure that nothing follows.
func (p *jsonParser) end() bool {
	p.state = atEnd
	if p.space(); !p.s.AtEnd() {
		p.s.Fail("nothing after the history")
	}
	return false
}

// entry reads an entry of the object around the data, up to the data.
func (p *jsonParser) entry() bool {
	key, found := p.member()
	switch {
	case !found && p.done:
		return p.s.Err() == nil && p.end()
	case !found:
		return p.s.Fail(`"data", the array of sessions, before the end of the object`)
	case string(key) == "data" && !p.done:
		p.state, p.first = inData, true
		return p.open('[')
	}
	p.first = false
	return p.skip(0)
}

// transaction reads a transaction.
func (p *jsonParser) transaction(t *registers.Txn) bool {
	t.At = p.s.Place()
	committed := true
	if !p.open('{') {
		return false
	}
	for p.first = true; ; p.first = false {
		key, found := p.member()
		switch {
		case !found:
			p.first = false
			t.Outcome = outcome(committed)
			return p.s.Err() == nil
		case string(key) == "events":
			if !p.events(t) {
				return false
			}
		case string(key) == "committed" || string(key) == "success":
			var valid bool
			if committed, valid = p.boolean(); !valid {
				return false
			}
		case !p.skip(0):
			return false
		}
	}
}

func (p *jsonParser) events(t *registers.Txn) bool {
	if !p.open('[') {
		return false
	}
	for p.first = true; p.element(']'); p.first = false {
		var op registers.Op
		if p.space() == '[' {
			if !p.compact(&op) {
				return false
			}
		} else if !p.event(&op) {
			return false
		}
		t.Ops = append(t.Ops, op)
	}
	return p.s.Err() == nil
}

// compact reads an event such as ["r",1,null].
func (p *jsonParser) compact(op *registers.Op) bool {
	p.s.Next()
	p.space()
	kind, found := p.str()
	if !found {
		return false
	}
	switch string(kind) {
	case "r":
	case "w":
		op.Write = true
	default:
		return p.s.Fail(`an event, "r" or "w"`)
	}
	return p.comma() && p.number("a variable", &op.Key) && p.comma() && p.version(op) && p.close(']')
}

// event reads an event such as {"Read":{"variable":1,"version":null}}.
func (p *jsonParser) event(op *registers.Op) bool {
	if !p.open('{') {
		return false
	}
	p.first = true
	kind, found := p.member()
	switch {
	case !found:
		return p.s.Fail(`an event, "Read" or "Write"`)
	case string(kind) == "Write":
		op.Write = true
	case string(kind) != "Read":
		return p.s.Fail(`an event, "Read" or "Write", before this`)
	}
	if !p.open('{') {
		return false
	}
	variable, version := false, false
	for p.first = true; ; p.first = false {
		key, found := p.member()
		switch {
		case !found:
			if p.s.Err() == nil && (!variable || !version) {
				return p.s.Fail("an event with a variable and a version before the end of it")
			}
			return p.close('}')
		case string(key) == "variable":
			variable = true
			if !p.number("a variable, a number", &op.Key) {
				return false
			}
		case string(key) == "version":
			version = true
			if !p.version(op) {
				return false
			}
		case !p.skip(0):
			return false
		}
	}
}

// version reads a version; only a read can have none.
func (p *jsonParser) version(op *registers.Op) bool {
	if p.space() == 'n' && !op.Write {
		return p.word("null")
	}
	return p.number("a version, a number", &op.Value)
}
