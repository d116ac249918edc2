package scan

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/isocheck/isocheck/history"
)

// Binary reads the fields of a binary file. After the first thing that is wrong its
// methods return zeros, and Err says what it was.
type Binary struct {
	file  string
	src   *bufio.Reader
	order binary.ByteOrder
	at    int64 // bytes read
	err   error
	field [8]byte
}

// NewBinary returns a reader of a file of that name, with integers in that byte order.
func NewBinary(file string, src io.Reader, order binary.ByteOrder) *Binary {
	return &Binary{file: file, src: bufio.NewReaderSize(src, bufferSize), order: order}
}

// At returns how many bytes were read.
func (b *Binary) At() int64 { return b.at }

// Err returns what was wrong.
func (b *Binary) Err() error { return b.err }

// AtEnd reports whether nothing is left, or something was wrong.
func (b *Binary) AtEnd() bool {
	if b.err != nil {
		return true
	}
	_, err := b.src.Peek(1)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = fmt.Errorf("reading %s: %w", b.file, err)
	}
	return err != nil
}

// Fail says what is wrong with the field that was read last and has n bytes. It returns false.
func (b *Binary) Fail(n int, problem string) bool {
	if b.err == nil {
		b.err = b.ErrorAt(b.at-int64(n), problem)
	}
	return false
}

// ErrorAt returns an error at a byte of the file, counted from 0. A binary file has no lines.
func (b *Binary) ErrorAt(at int64, problem string) error {
	return &history.FormatError{File: b.file, Problem: fmt.Sprintf("byte %d: %s", at, problem)}
}

func (b *Binary) read(n int, what string) bool {
	if b.err != nil {
		return false
	}
	got, err := io.ReadFull(b.src, b.field[:n])
	b.at += int64(got)
	switch {
	case err == nil:
		return true
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return b.Fail(got, "expected "+what+", found the end of the file")
	}
	b.err = fmt.Errorf("reading %s: %w", b.file, err)
	return false
}

// Byte reads one byte.
func (b *Binary) Byte(what string) byte {
	if !b.read(1, what) {
		return 0
	}
	return b.field[0]
}

// Bool reads a byte that is 0 or 1.
func (b *Binary) Bool(what string) bool {
	c := b.Byte(what)
	if c > 1 {
		b.Fail(1, fmt.Sprintf("expected %s, 0 or 1, found %d", what, c))
	}
	return c == 1
}

// Int reads an integer of 64 bits; an unsigned one beyond the signed ones comes as the one with the same bits.
func (b *Binary) Int(what string) int64 {
	if !b.read(8, what) {
		return 0
	}
	return int64(b.order.Uint64(b.field[:]))
}

// Length reads how many of something follow.
func (b *Binary) Length(what string) int64 {
	n := b.Int(what)
	if n < 0 || n > 1<<48 {
		b.Fail(8, fmt.Sprintf("expected %s, found %d", what, uint64(n)))
		return 0
	}
	return n
}

// Skip goes over n bytes.
func (b *Binary) Skip(n int64, what string) {
	if b.err != nil {
		return
	}
	got, err := io.CopyN(io.Discard, b.src, n)
	b.at += got
	if err != nil {
		b.Fail(0, "expected "+what+", found the end of the file")
	}
}
