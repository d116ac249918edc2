package jepsen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// As is what a history is written as.
type As string

// What histories of traced rows can be written as.
const (
	// AsFits is list-append where every table is of lists, else rw-register.
	AsFits       As = ""
	AsListAppend As = "list-append"
	// AsRegister writes the versions of rows as values.
	AsRegister As = "rw-register"
)

// WriteEDN writes a history as Jepsen's EDN, one operation a line. It returns notes on what the
// format cannot say.
func WriteEDN(ctx context.Context, w io.Writer, src history.Source, as As) ([]string, error) {
	return write(ctx, w, src, as, edn)
}

// WriteJSON writes a history as an array of Jepsen's operations in JSON.
func WriteJSON(ctx context.Context, w io.Writer, src history.Source, as As) ([]string, error) {
	return write(ctx, w, src, as, json)
}

func write(ctx context.Context, w io.Writer, src history.Source, as As, in notation) ([]string, error) {
	plan, err := makePlan(ctx, src)
	if err != nil {
		return nil, err
	}
	s, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // it was only read
	r, err := newRenderer(s, as, in)
	if err != nil {
		return nil, err
	}
	out := &opWriter{out: bufio.NewWriterSize(w, 256<<10), in: in, plan: plan, crashes: map[int]int64{}}
	if err := out.all(ctx, r); err != nil {
		return nil, fmt.Errorf("writing jepsen: %w", err)
	}
	return notes(plan, r, s.Header()), nil
}

// notes says what the file does not say, or says too much.
func notes(plan *plan, r *renderer, h *history.Header) []string {
	var notes []string
	if plan.timeless && len(plan.starts) > 0 {
		notes = append(notes, "the history has no times, and the order of the lines means time: nothing about real-time order follows from what was written")
	}
	if h.Parts > 1 {
		notes = append(notes, "the history was recorded by several machines, whose clocks do not compare exactly: nothing about real-time order follows from what was written")
	}
	if n := r.predicates(); n > 0 {
		notes = append(notes, registers.PredicatesNote(n))
	}
	return notes
}

// opWriter writes operations.
type opWriter struct {
	out     *bufio.Writer
	in      notation
	plan    *plan
	crashes map[int]int64 // by client: how many of its processes crashed
	index   int64
	line    []byte
}

// all writes the whole history.
func (w *opWriter) all(ctx context.Context, r *renderer) error {
	if w.in == json {
		if _, err := w.out.WriteString("["); err != nil {
			return err
		}
	}
	var err error
	if w.plan.timeless {
		err = w.oneByOne(ctx, r)
	} else {
		err = (&orderer{plan: w.plan, next: r.next, emit: w.operation}).run(ctx)
	}
	if err != nil {
		return err
	}
	if w.in == json {
		if _, err := w.out.WriteString("]\n"); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

// oneByOne writes transactions that have no times.
func (w *opWriter) oneByOne(ctx context.Context, r *renderer) error {
	for {
		t, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err == nil && w.index%4096 == 0:
			err = ctx.Err()
		}
		if err == nil {
			err = w.operation(t, false)
		}
		if err == nil {
			err = w.operation(t, true)
		}
		if err != nil {
			return err
		}
	}
}

// operation writes an invocation or a completion. A process whose operation ends in
// doubt crashed: its client goes on as another process, whose number modulo that of
// the clients is the same.
func (w *opWriter) operation(r *record, completion bool) error {
	process := int64(r.client) + w.crashes[r.client]*int64(w.plan.threads)
	at, value, typ := r.start, r.invoked, "invoke"
	if completion {
		at, value = r.end, r.done
		switch r.outcome {
		case history.Committed:
			typ = "ok"
		case history.Aborted:
			typ = "fail"
		default:
			typ = "info"
			w.crashes[r.client]++
		}
	}
	w.line = w.line[:0]
	if w.in == json {
		w.line = w.jsonLine(w.line, typ, process, at, value)
	} else {
		w.line = w.ednLine(w.line, typ, process, at, value)
	}
	w.index++
	_, err := w.out.Write(w.line)
	return err
}

func (w *opWriter) ednLine(b []byte, typ string, process, at int64, value []byte) []byte {
	b = strconv.AppendInt(append(b, "{:index "...), w.index, 10)
	b = append(append(b, ", :type :"...), typ...)
	b = strconv.AppendInt(append(b, ", :process "...), process, 10)
	if !w.plan.timeless {
		b = strconv.AppendInt(append(b, ", :time "...), at, 10)
	}
	return append(append(append(b, ", :f :txn, :value "...), value...), "}\n"...)
}

func (w *opWriter) jsonLine(b []byte, typ string, process, at int64, value []byte) []byte {
	if w.index > 0 {
		b = append(b, ",\n"...)
	}
	b = strconv.AppendInt(append(b, `{"index":`...), w.index, 10)
	b = append(append(b, `,"type":"`...), typ...)
	b = strconv.AppendInt(append(b, `","process":`...), process, 10)
	if !w.plan.timeless {
		b = strconv.AppendInt(append(b, `,"time":`...), at, 10)
	}
	return append(append(append(b, `,"f":"txn","value":`...), value...), '}')
}

// renderer writes the values of operations.
type renderer struct {
	stream history.Stream
	in     notation
	lists  *listReader       // nil where registers are written
	reader *registers.Reader // nil where lists are written
	txn    history.Transaction
	flat   registers.Txn
}

func newRenderer(s history.Stream, as As, in notation) (*renderer, error) {
	r := &renderer{stream: s, in: in}
	h := s.Header()
	var err error
	switch {
	case as == AsListAppend && !AsLists(h, as):
		return nil, fmt.Errorf("%w: list-append has tables of lists, each with one text column", registers.ErrContent)
	case AsLists(h, as):
		r.lists = &listReader{tables: int64(max(1, len(h.Tables)))}
	default:
		r.reader, err = registers.NewReader(s)
	}
	return r, err
}

// AsLists reports whether a history is written as list-append, and not as rw-register.
func AsLists(h *history.Header, as As) bool {
	return as != AsRegister && (h.Traces == history.ListAppend || h.Traces == history.TracedRows && onlyLists(h))
}

func onlyLists(h *history.Header) bool {
	for i := range h.Tables {
		if c := h.Tables[i].Columns; len(c) != 1 || c[0].Type != history.Text {
			return false
		}
	}
	return len(h.Tables) > 0
}

func (r *renderer) predicates() int {
	if r.lists != nil {
		return r.lists.predicates
	}
	return r.reader.Predicates
}
