package plume

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/history/formats/internal/registers"
)

// Write writes a history. It returns notes on what the format cannot say.
func Write(ctx context.Context, w io.Writer, src history.Source) ([]string, error) {
	summary, err := registers.Summarise(ctx, src)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(w, 256<<10)
	var buf []byte
	number := int64(0)
	err = registers.Each(ctx, src, func(t *registers.Txn) error {
		number++
		id := number
		if !summary.Committed(t) {
			id = aborted
		}
		for _, op := range t.Ops {
			if id == aborted && !op.Write {
				continue // what it read means nothing, and some readers stumble over it
			}
			buf = appendLine(buf[:0], op, summary.Session(t)+1, id)
			if _, err := out.Write(buf); err != nil {
				return fmt.Errorf("writing plume: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := out.Flush(); err != nil {
		return nil, fmt.Errorf("writing plume: %w", err)
	}
	return summary.Notes(true), nil
}

// appendLine appends a line. Keys and values are written unsigned, as most readers want them.
func appendLine(b []byte, op registers.Op, session, txn int64) []byte {
	if op.Write {
		b = append(b, "w("...)
	} else {
		b = append(b, "r("...)
	}
	b = append(strconv.AppendUint(b, uint64(op.Key), 10), ',')
	b = append(strconv.AppendUint(b, uint64(op.Value), 10), ',')
	b = append(strconv.AppendInt(b, session, 10), ',')
	return append(strconv.AppendInt(b, txn, 10), ")\n"...)
}
