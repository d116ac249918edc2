package history

import (
	"errors"
	"fmt"
	"io"
)

// Stream gives a history's transactions one at a time.
type Stream interface {
	// Header says what was run. It must not be changed.
	Header() *Header
	// Next reads the next transaction into t, and returns io.EOF when there is
	// no more. What t points to must not be changed, and is valid until the
	// next call, as are the texts of the rows that were read; Transaction.Clone keeps
	// it. Other strings stay valid. In a file the
	// transactions of one client come in its order, those of several roughly
	// in the order in which they ended. A problem with a file is a *FormatError.
	Next(t *Transaction) error
	// Statements are the SQL texts that operations refer to by number. They, and
	// what follows, are complete when Next has returned io.EOF.
	Statements() []string
	Events() []Event
	// Closed says that the run ended in order and nothing is missing.
	Closed() bool
	// Close lets go of the files.
	Close() error
}

// Source is a history that can be read more than once.
type Source interface {
	Open() (Stream, error)
}

// Open returns a stream of the history. Its transactions share memory with it.
func (h *History) Open() (Stream, error) { return &memoryStream{history: h}, nil }

type memoryStream struct {
	history *History
	next    int
}

func (s *memoryStream) Header() *Header      { return &s.history.Header }
func (s *memoryStream) Statements() []string { return s.history.Statements }
func (s *memoryStream) Events() []Event      { return s.history.Events }
func (s *memoryStream) Closed() bool         { return s.history.Closed }
func (s *memoryStream) Close() error         { return nil }

// Progress returns the share of the transactions that were given out.
func (s *memoryStream) Progress() float64 {
	return float64(s.next) / float64(max(1, len(s.history.Txns)))
}

func (s *memoryStream) Next(t *Transaction) error {
	if s.next == len(s.history.Txns) {
		return io.EOF
	}
	*t = s.history.Txns[s.next]
	s.next++
	return nil
}

// Files returns the history in the files. Several files are one history, which
// several processes recorded at the same time; their headers must agree about
// what was run. Nothing is opened yet.
func Files(paths ...string) Source { return files(paths) }

type files []string

func (paths files) Open() (Stream, error) {
	switch len(paths) {
	case 0:
		return nil, fmt.Errorf("opening a history: no file was named")
	case 1:
		return openReader(paths[0])
	}
	return openMerged(paths)
}

// Load reads a whole file into memory.
func Load(path string) (*History, error) { return ReadAll(Files(path)) }

// ReadAll reads a whole history into memory.
func ReadAll(src Source) (*History, error) {
	s, err := src.Open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	h := &History{Header: *s.Header()}
	var t Transaction
	for {
		err := s.Next(&t)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		h.Txns = append(h.Txns, t.Clone())
	}
	h.Statements, h.Events, h.Closed = s.Statements(), s.Events(), s.Closed()
	return h, s.Close()
}
