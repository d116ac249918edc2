package history

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is the most that a zstd stream may ask its reader to remember, in
// bytes. What this package writes asks for 1 MiB; every zstd level up to 19 for
// at most 8.
const maxWindow = 8 << 20

// file is a history file as a stream of plain bytes.
type file struct {
	io.Reader
	f    *os.File
	zstd *zstd.Decoder
	raw  *atEnd
}

// atEnd notes whether a reader has come to its end. The zstd decoder reads ahead
// in a goroutine of its own.
type atEnd struct {
	src io.Reader
	yes atomic.Bool
}

func (r *atEnd) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if err == io.EOF {
		r.yes.Store(true)
	}
	return n, err
}

// openFile opens a file. It is taken for zstd if it begins like it, and for plain text otherwise.
func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	r := &file{f: f, raw: &atEnd{src: f}}
	buffered := bufio.NewReaderSize(r.raw, 64<<10)
	magic, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		f.Close()
		return nil, fmt.Errorf("reading a history: %w", err)
	}
	if !isZstd(magic) {
		r.Reader = buffered
		if len(magic) == 4 && strings.HasSuffix(path, ".zst") {
			f.Close()
			return nil, &FormatError{File: path, Problem: "this is no zstd file, although its name ends in .zst"}
		}
		return r, nil
	}
	r.zstd, err = zstd.NewReader(buffered, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	r.Reader = r.zstd
	return r, nil
}

// isZstd reports whether a file that begins like this is zstd: a frame, or one to be skipped.
func isZstd(magic []byte) bool {
	return bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(magic) == 4 && magic[0]&0xf0 == 0x50 && bytes.Equal(magic[1:], []byte{0x2a, 0x4d, 0x18})
}

// Read reads plain bytes. A compressed stream that is cut off ends with io.EOF,
// as a plain file that is cut off does.
func (r *file) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) && r.raw.yes.Load() {
		err = io.EOF
	}
	return n, err
}

func (r *file) Close() error {
	if r.zstd != nil {
		r.zstd.Close()
	}
	return r.f.Close()
}
