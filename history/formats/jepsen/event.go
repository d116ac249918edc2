package jepsen

import (
	"strconv"

	"github.com/isocheck/isocheck/history/formats/internal/scan"
)

// eventType is the :type of an operation.
type eventType uint8

const (
	noType eventType = iota
	invoke
	ok
	fail
	info
)

// event is one map of the file: an invocation or a completion.
type event struct {
	tree
	at         scan.Place
	typ        eventType
	process    int64
	client     bool // the process is a number, and no nemesis
	named      bool // it says which process it is
	f          int32
	value, err int32 // 0: there is none
	time       int64
	timed      bool
}

func (e *event) reset(at scan.Place) {
	e.tree.reset()
	*e = event{tree: e.tree, at: at}
}

// set takes in one entry of the map.
func (e *event) set(s *scan.Scanner, key []byte, value int32) bool {
	switch string(key) {
	case "type":
		return e.setType(s, value)
	case "process":
		d := &e.nodes[value]
		if d.form == intForm && d.n < 0 {
			return s.FailAt(e.place(value), "expected a process, a number from 0 or a name, found "+strconv.FormatInt(d.n, 10))
		}
		e.process, e.client, e.named = d.n, d.form == intForm, true
	case "f":
		e.f = value
	case "value":
		e.value = value
	case "error":
		e.err = value
	case "time":
		d := &e.nodes[value]
		switch {
		case d.form == nilForm:
		case d.form != intForm || d.n < 0 || d.n > maxTime:
			return s.FailAt(e.place(value), "expected a time, in nanoseconds from 0, found "+e.describe(value))
		default:
			e.time, e.timed = d.n, true
		}
	}
	return true
}

// maxTime is the latest time that a history may have, in nanoseconds: 73 years.
const maxTime = 1 << 61

func (e *event) setType(s *scan.Scanner, value int32) bool {
	switch {
	case e.isWord(value, "invoke"):
		e.typ = invoke
	case e.isWord(value, "ok"):
		e.typ = ok
	case e.isWord(value, "fail"):
		e.typ = fail
	case e.isWord(value, "info"):
		e.typ = info
	default:
		return s.FailAt(e.place(value), "expected the type invoke, ok, fail or info, found "+e.describe(value))
	}
	return true
}

// complete reports whether the map was an operation.
func (e *event) complete(s *scan.Scanner) bool {
	switch {
	case e.typ == noType:
		return s.FailAt(e.at, "expected an operation with a :type, found a map without")
	case !e.named:
		return s.FailAt(e.at, "expected an operation with a :process, found a map without")
	}
	return true
}

// lexer reads operations.
type lexer interface {
	// next reads the next operation. It is false at the end of the file, and where something is wrong.
	next(e *event) bool
	scanner() *scan.Scanner
}

// String returns the type's word.
func (t eventType) String() string {
	return [...]string{noType: "", invoke: "invoke", ok: "ok", fail: "fail", info: "info"}[t]
}
