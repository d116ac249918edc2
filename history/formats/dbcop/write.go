package dbcop

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// dialect is how one of the formats writes a history.
type dialect interface {
	// transaction appends a transaction; first says that it is its session's first.
	transaction(b []byte, t *registers.Txn, committed, first bool) []byte
	// begin, session and end are what comes before the sessions, before each (the n-th, with
	// count transactions), after each, and after all.
	begin(b []byte, s *registers.Summary, sessions, variables int) []byte
	beginSession(b []byte, n, count int) []byte
	endSession(b []byte) []byte
	end(b []byte) []byte
}

// WriteJSON writes a history as the second version's JSON. It returns notes on what the format cannot say.
func WriteJSON(ctx context.Context, w io.Writer, src history.Source) ([]string, error) {
	return write(ctx, w, src, jsonDialect{started(src)})
}

// WriteText writes a history as text.
func WriteText(ctx context.Context, w io.Writer, src history.Source) ([]string, error) {
	return write(ctx, w, src, textDialect{})
}

// WriteBincode writes a history as the first version's bincode.
func WriteBincode(ctx context.Context, w io.Writer, src history.Source) ([]string, error) {
	return write(ctx, w, src, bincodeDialect{started(src)})
}

// started returns when the history began, as text.
func started(src history.Source) string {
	s, err := src.Open()
	if err != nil {
		return time.Time{}.Format(time.RFC3339) // opening it again will say what is wrong
	}
	defer func() { _ = s.Close() }() // it was only read
	return s.Header().Started.UTC().Format(time.RFC3339)
}

func write(ctx context.Context, w io.Writer, src history.Source, d dialect) ([]string, error) {
	summary, err := registers.Summarise(ctx, src)
	if err != nil {
		return nil, err
	}
	spool := &registers.Spool{}
	defer func() { _ = spool.Close() }() // it is a temporary file
	variables := map[int64]struct{}{}
	err = registers.Each(ctx, src, func(t *registers.Txn) error {
		if len(t.Ops) == 0 {
			return nil // the text has no empty transactions, and nothing follows from them
		}
		for _, op := range t.Ops {
			variables[op.Key] = struct{}{}
		}
		section := spool.Section(summary.Session(t))
		section.Text = d.transaction(section.Text, t, summary.Committed(t), section.Count == 0)
		section.Count++
		return spool.Flush(section)
	})
	if err != nil {
		return nil, err
	}
	if err := writeSessions(w, spool, d, summary, len(variables)); err != nil {
		return nil, fmt.Errorf("writing dbcop: %w", err)
	}
	return summary.Notes(true), nil
}

func writeSessions(w io.Writer, spool *registers.Spool, d dialect, summary *registers.Summary, variables int) error {
	out := bufio.NewWriterSize(w, 256<<10)
	sessions := spool.Sessions()
	b := d.begin(nil, summary, len(sessions), variables)
	for n, session := range sessions {
		section := spool.Section(session)
		b = d.beginSession(b, n, section.Count)
		if _, err := out.Write(b); err != nil {
			return err
		}
		if err := spool.Write(out, section); err != nil {
			return err
		}
		b = d.endSession(b[:0])
	}
	if _, err := out.Write(d.end(b)); err != nil {
		return err
	}
	return out.Flush()
}

type jsonDialect struct{ started string }

func (d jsonDialect) begin(b []byte, s *registers.Summary, sessions, variables int) []byte {
	return fmt.Appendf(b, `{"params":{"id":0,"n_node":%d,"n_variable":%d,"n_transaction":%d,"n_event":%d},"info":"written by isocheck","start":%q,"end":%q,"data":[`,
		sessions, variables, s.MostTxns, s.MostOps, d.started, d.started)
}

func (jsonDialect) beginSession(b []byte, n, _ int) []byte {
	if n > 0 {
		b = append(b, ',')
	}
	return append(b, "\n["...)
}
func (jsonDialect) endSession(b []byte) []byte { return append(b, "\n]"...) }
func (jsonDialect) end(b []byte) []byte        { return append(b, "\n]}\n"...) }

func (jsonDialect) transaction(b []byte, t *registers.Txn, committed, first bool) []byte {
	if !first {
		b = append(b, ',')
	}
	b = append(b, "\n{\"events\":["...)
	for i, op := range t.Ops {
		if i > 0 {
			b = append(b, ',')
		}
		if op.Write {
			b = append(b, `{"Write":{"variable":`...)
		} else {
			b = append(b, `{"Read":{"variable":`...)
		}
		b = append(strconv.AppendUint(b, uint64(op.Key), 10), `,"version":`...)
		if op.Value == 0 {
			b = append(b, "null}}"...)
		} else {
			b = append(strconv.AppendUint(b, uint64(op.Value), 10), "}}"...)
		}
	}
	b = append(b, `],"committed":`...)
	return append(strconv.AppendBool(b, committed), '}')
}

type textDialect struct{}

func (textDialect) begin(b []byte, _ *registers.Summary, _, _ int) []byte { return b }
func (textDialect) beginSession(b []byte, n, _ int) []byte {
	if n > 0 {
		b = append(b, "---\n"...)
	}
	return b
}
func (textDialect) endSession(b []byte) []byte { return b }
func (textDialect) end(b []byte) []byte        { return b }

// transaction writes variable 5 as k5: names must not begin with a digit everywhere.
func (textDialect) transaction(b []byte, t *registers.Txn, committed, _ bool) []byte {
	b = append(b, '[')
	for i, op := range t.Ops {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(append(b, 'k'), uint64(op.Key), 10)
		switch {
		case op.Write:
			b = append(b, ":="...)
		default:
			b = append(b, "=="...)
		}
		if op.Value == 0 {
			b = append(b, '?')
		} else {
			b = strconv.AppendUint(b, uint64(op.Value), 10)
		}
	}
	b = append(b, ']')
	if !committed {
		b = append(b, '!')
	}
	return append(b, '\n')
}

type bincodeDialect struct{ started string }

func appendInt(b []byte, n int) []byte { return binary.LittleEndian.AppendUint64(b, uint64(n)) }

func (d bincodeDialect) begin(b []byte, s *registers.Summary, sessions, variables int) []byte {
	for _, n := range []int{0, sessions, variables, s.MostTxns, s.MostOps} {
		b = appendInt(b, n)
	}
	for _, text := range []string{"written by isocheck", d.started, d.started} {
		b = append(appendInt(b, len(text)), text...)
	}
	return appendInt(b, sessions)
}

func (bincodeDialect) beginSession(b []byte, _, count int) []byte { return appendInt(b, count) }
func (bincodeDialect) endSession(b []byte) []byte                 { return b }
func (bincodeDialect) end(b []byte) []byte                        { return b }

func (bincodeDialect) transaction(b []byte, t *registers.Txn, committed, _ bool) []byte {
	b = appendInt(b, len(t.Ops))
	for _, op := range t.Ops {
		b = append(b, byteOf(op.Write))
		b = binary.LittleEndian.AppendUint64(b, uint64(op.Key))
		b = binary.LittleEndian.AppendUint64(b, uint64(op.Value))
		b = append(b, byteOf(!op.Failed))
	}
	return append(b, byteOf(committed))
}

func byteOf(yes bool) byte {
	if yes {
		return 1
	}
	return 0
}
