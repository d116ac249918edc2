package history

import (
	"fmt"
	"sync/atomic"
)

const (
	// enough is how many bytes a recorder gathers before it asks the writer to come soon.
	enough = 128 << 10
	// tooMuch is where it waits for the writer.
	tooMuch = 4 << 20
)

// Recorder records the transactions of one client. It is used by one goroutine
// at a time.
type Recorder struct {
	writer *Writer
	index  int
	// slot has the buffer with what the writer has not taken yet. While Record
	// works on the buffer the slot is empty, so that the writer, which takes
	// buffers whenever it likes, cannot take it half-done. Nobody waits.
	slot atomic.Pointer[buffer]
	// spare has a buffer that the writer is done with.
	spare atomic.Pointer[buffer]
}

// buffer has lines of one recorder.
type buffer struct {
	text       []byte
	lines      []mark
	operations int64
	statements int // how many statements must have been written before
}

// mark is one line of a buffer: when its transaction ended, and where it is.
type mark struct {
	end      int64
	from, to int
	recorder int
	text     []byte // set when lines of several recorders come together
}

// Record takes a transaction that has ended. It encodes it at once: nothing of
// it is kept. A transaction that no file can hold (see Transaction.Validate) is
// left out, and becomes the writer's error. After Close nothing is recorded.
func (r *Recorder) Record(t *Transaction) {
	if r.writer.failure.Load() != nil {
		return
	}
	b := r.slot.Swap(nil)
	if b == nil {
		if b = r.spare.Swap(nil); b == nil {
			b = &buffer{}
		}
	}
	err := b.add(t, &r.writer.header, r.index)
	size := len(b.text)
	r.slot.Store(b)
	switch {
	case err != nil:
		r.writer.fail(err)
	case size >= tooMuch:
		select {
		case r.writer.wanted <- struct{}{}:
		case <-r.writer.ended:
		}
	case size >= enough:
		select {
		case r.writer.wanted <- struct{}{}:
		default:
		}
	}
}

// add encodes a transaction into the buffer, or leaves the buffer as it was.
func (b *buffer) add(t *Transaction, h *Header, recorder int) error {
	if err := t.Validate(h); err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	rows := 0
	for i := range t.Ops {
		rows += len(t.Ops[i].Rows)
		b.statements = max(b.statements, t.Ops[i].Statement+1)
	}
	from := len(b.text)
	b.text = appendTransactionLine(b.text, t)
	if size := len(b.text) - from; size > maxLine || rows > maxRows {
		b.text = b.text[:from]
		return fmt.Errorf("recording: transaction %s is too big for the file: %d rows and %d bytes; the most is %d and %d", t.ID(), rows, size, maxRows, maxLine)
	}
	b.lines = append(b.lines, mark{end: t.End, from: from, to: len(b.text), recorder: recorder})
	b.operations += int64(len(t.Ops))
	return nil
}

// take returns what the recorder has gathered, nil if that is nothing.
func (r *Recorder) take() *buffer { return r.slot.Swap(nil) }

// give hands an emptied buffer back. One that a giant transaction blew up is let go.
func (r *Recorder) give(b *buffer) {
	if cap(b.text) <= 2*tooMuch {
		*b = buffer{text: b.text[:0], lines: b.lines[:0]}
		r.spare.Store(b)
	}
}
