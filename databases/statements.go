package databases

import (
	"sync"

	"github.com/isocheck/isocheck/history"
)

// Statements numbers the SQL texts of a run, so that a history can name the
// text of an operation by a number. It is safe for use by many sessions; each
// asks once per text and keeps the number. The zero Statements is ready to use.
type Statements struct {
	mu    sync.Mutex
	texts []string
	index map[string]int
}

// Number returns the number of the text, a new one when it is new.
func (s *Statements) Number(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.index[text]; ok {
		return n
	}
	if s.index == nil {
		s.index = map[string]int{}
	}
	n := len(s.texts)
	s.texts = append(s.texts, text)
	s.index[text] = n
	return n
}

// Texts returns the texts in the order of their numbers, from the from-th on.
func (s *Statements) Texts(from int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from >= len(s.texts) {
		return nil
	}
	return append([]string(nil), s.texts[from:]...)
}

// SavepointWords returns the words before a savepoint's number, which are the same
// everywhere, and "" for operations that are not about savepoints.
func SavepointWords(kind history.Kind) string {
	switch kind {
	case history.Savepoint:
		return "SAVEPOINT s"
	case history.RollbackTo:
		return "ROLLBACK TO SAVEPOINT s"
	case history.Release:
		return "RELEASE SAVEPOINT s"
	default:
		return ""
	}
}
