package formats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/isocheck/isocheck/history/formats/cobra"
)

// looked is how much of a file is looked at, in bytes.
const looked = 16 << 10

// ErrUnknown is the error of a file whose format its content does not tell.
var ErrUnknown = errors.New("the content does not tell the format")

// Detect finds out the format of a file, or of Cobra's folder, by how it begins.
func Detect(path string) (Format, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("opening a history: %w", err)
	}
	if info.IsDir() {
		return detectFolder(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("opening a history: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	begin := make([]byte, looked)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("opening a history: %w", err)
	}
	if format := detect(begin[:n]); format != "" {
		return format, nil
	}
	return "", fmt.Errorf("%s: %w; name one of the known formats", path, ErrUnknown)
}

// bincodeName is how dbcop and AWDIT call the one file of their folders.
const bincodeName = "history.bincode"

// bincodeIn returns the file that is meant by a folder of dbcop's.
func bincodeIn(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, bincodeName)
	}
	return path
}

func detectFolder(path string) (Format, error) {
	if _, err := os.Stat(filepath.Join(path, bincodeName)); err == nil {
		return DBCopBincode, nil
	}
	logs, err := cobra.Logs(path)
	if err != nil {
		return "", fmt.Errorf("opening a history: %w", err)
	}
	for _, log := range logs {
		if isCobraLog(log) {
			return Cobra, nil
		}
	}
	return "", fmt.Errorf("%s: %w: it has neither logs of Cobra's nor a %s", path, ErrUnknown, bincodeName)
}

// isCobraLog reports whether a file begins with the begin of a transaction, and more: many files are called .log.
func isCobraLog(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	begin := make([]byte, 10)
	n, _ := io.ReadFull(f, begin)
	return n >= 9 && begin[0] == 'S' && (n == 9 || bytes.IndexByte([]byte("RWCA"), begin[9]) >= 0)
}

// detect returns the format of a text that begins like this, "" if none does.
func detect(begin []byte) Format {
	if len(begin) >= 4 && (binary.LittleEndian.Uint32(begin) == 0xfd2fb528 || binary.LittleEndian.Uint32(begin)>>4 == 0x184d2a5) {
		return Isocheck // zstd
	}
	if isBincode(begin) {
		return DBCopBincode
	}
	text := skip(begin, " \t\r\n,")
	for len(text) > 0 && text[0] == ';' {
		_, after, _ := bytes.Cut(text, []byte("\n"))
		text = skip(after, " \t\r\n,")
	}
	if len(text) == 0 {
		return ""
	}
	next := skip(text[1:], " \t\r\n")
	switch c := text[0]; {
	case c == '#' || c == '(':
		return JepsenEDN
	case c == '{':
		return detectObject(next)
	case c == '[':
		return detectArray(next)
	case (c == 'r' || c == 'w') && len(text) > 1 && text[1] == '(':
		return Plume
	case (c == 'r' || c == 'w') && len(text) > 1 && (text[1] == ' ' || text[1] == '\t'):
		return AWDIT
	case c == '=':
		return AWDIT
	case c == '/' && len(text) > 1 && text[1] == '/':
		return DBCopText
	case c == '-':
		return detect(skip(text, "- \t\r\n")) // a separator in both of the texts that have them
	}
	return ""
}

func skip(text []byte, set string) []byte { return bytes.TrimLeft(text, set) }

// detectObject tells what a file is that begins with a brace, by the first key.
func detectObject(text []byte) Format {
	if len(text) == 0 || text[0] == ':' || text[0] == ';' || text[0] == '#' {
		return JepsenEDN
	}
	if text[0] != '"' {
		return ""
	}
	key, rest, _ := bytes.Cut(text[1:], []byte(`"`))
	switch string(key) {
	case "header", "statement", "txn", "event", "closing":
		return Isocheck
	case "data", "params", "info", "start", "end":
		return DBCop
	case "type", "process", "f", "value", "time", "error", "index":
		return JepsenJSON
	}
	// Keys come in any order: whichever of the known ones is there.
	for _, known := range []struct {
		key    string
		format Format
	}{{`"process"`, JepsenJSON}, {`"header"`, Isocheck}, {`"data"`, DBCop}} {
		if bytes.Contains(rest, []byte(known.key)) {
			return known.format
		}
	}
	return ""
}

// detectArray tells what a file is that begins with a bracket.
func detectArray(text []byte) Format {
	if len(text) == 0 {
		return ""
	}
	switch text[0] {
	case '{':
		return detectObject(skip(text[1:], " \t\r\n"))
	case '#', '(', ';':
		return JepsenEDN
	case '[', ']':
		return DBCop // sessions without what is around them
	}
	name := bytes.TrimLeft(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
	if len(name) < len(text) && (bytes.HasPrefix(name, []byte(":=")) || bytes.HasPrefix(name, []byte("=="))) {
		return DBCopText
	}
	return ""
}

// isBincode reports whether the numbers at the begin can be those of dbcop's first
// version: five counts, and the length of a short text. Little-endian small numbers end in zeros,
// which no text has.
func isBincode(begin []byte) bool {
	const fields = 6
	if len(begin) < 8*fields {
		return false
	}
	for i := range fields {
		if n := binary.LittleEndian.Uint64(begin[8*i:]); n > 1<<32 || i == fields-1 && n > 1<<16 {
			return false
		}
	}
	return true
}
