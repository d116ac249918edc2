package history

import (
	"bytes"
	"errors"
	"io"
)

const (
	// maxLine is how long a line may be, in bytes.
	maxLine = 64 << 20
	// maxOtherLine is how long a line may be that is no transaction.
	maxOtherLine = 1 << 20
	firstBuffer  = 256 << 10
)

var errLongLine = errors.New("the line is longer than 64 MiB")

// lineReader cuts a stream into lines, in one buffer that grows to the longest.
type lineReader struct {
	src        io.Reader
	buf        []byte
	start, end int // what is read and not given out yet
	err        error
}

// next returns the next line without its newline; it is valid until next is
// called again. whole is false for a last line that no newline ends. At the end
// of the stream the error is the stream's, usually io.EOF.
func (r *lineReader) next() (line []byte, whole bool, err error) {
	searched := 0
	for {
		if i := bytes.IndexByte(r.buf[r.start+searched:r.end], '\n'); i >= 0 {
			line = r.buf[r.start : r.start+searched+i]
			r.start += searched + i + 1
			return line, true, nil
		}
		searched = r.end - r.start
		switch {
		case searched > maxLine:
			return nil, false, errLongLine
		case searched > 0 && errors.Is(r.err, io.EOF):
			line = r.buf[r.start:r.end]
			r.start = r.end
			return line, false, nil
		case r.err != nil:
			return nil, false, r.err
		}
		r.fill()
	}
}

// fill reads more behind what is in the buffer.
func (r *lineReader) fill() {
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.start, r.end = 0, r.end-r.start
	}
	if r.end == len(r.buf) {
		grown := make([]byte, max(firstBuffer, 2*len(r.buf)))
		copy(grown, r.buf)
		r.buf = grown
	}
	for tries := 0; ; tries++ {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err == nil && n == 0 && tries > 100 {
			err = io.ErrNoProgress
		}
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
}
