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
	f    io.ReadCloser
	zstd *zstd.Decoder
	raw  *atEnd
	size int64 // 0 if it is not known
}

// atEnd notes how far a reader has come, and whether to its end. The zstd decoder reads ahead
// in a goroutine of its own.
type atEnd struct {
	src io.Reader
	yes atomic.Bool
	// count is how many bytes were read.
	count atomic.Int64
}

func (r *atEnd) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	r.count.Add(int64(n))
	if err == io.EOF {
		r.yes.Store(true)
	}
	return n, err
}

// openFile opens a file.
func openFile(path string) (*file, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a history: %w", err)
	}
	size := int64(0)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return newFile(path, f, size)
}

// newFile reads a file of some size, 0 if that is not known. It is taken for zstd if it begins like
// it, and for plain text otherwise.
func newFile(path string, f io.ReadCloser, size int64) (*file, error) {
	r := &file{f: f, raw: &atEnd{src: f}, size: size}
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

// progress returns the share of the file that was read, before it was decompressed; 0 if it is not known.
func (r *file) progress() float64 {
	if r.size == 0 {
		return 0
	}
	return min(1, float64(r.raw.count.Load())/float64(r.size))
}

func (r *file) Close() error {
	err := r.f.Close() // first: the decoder's goroutine may wait in a read
	if r.zstd != nil {
		r.zstd.Close()
	}
	return err
}
