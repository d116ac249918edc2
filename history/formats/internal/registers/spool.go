package registers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// sectionBuffer is how much text of a session waits in memory, in bytes.
const sectionBuffer = 16 << 10

// Spool gathers text by session: formats that write session after session need
// what the history has by turns. What does not fit in memory is in a temporary file.
type Spool struct {
	file     *os.File // nil until it is needed
	size     int64
	sections map[int64]*Section
}

// Section is the text of one session.
type Section struct {
	Text  []byte // what is in memory: append to it
	Count int    // for the user of the spool
	parts []part // what is in the file before it
}

type part struct {
	at   int64
	size int
}

// Section returns a session's section.
func (s *Spool) Section(session int64) *Section {
	if s.sections == nil {
		s.sections = map[int64]*Section{}
	}
	section := s.sections[session]
	if section == nil {
		section = &Section{}
		s.sections[session] = section
	}
	return section
}

// Flush moves a section to the file if it has grown.
func (s *Spool) Flush(section *Section) error {
	if len(section.Text) < sectionBuffer {
		return nil
	}
	if s.file == nil {
		var err error
		if s.file, err = os.CreateTemp("", "isocheck-convert-"); err != nil {
			return fmt.Errorf("making a temporary file: %w", err)
		}
	}
	if _, err := s.file.WriteAt(section.Text, s.size); err != nil {
		return fmt.Errorf("writing a temporary file: %w", err)
	}
	section.parts = append(section.parts, part{s.size, len(section.Text)})
	s.size += int64(len(section.Text))
	section.Text = section.Text[:0]
	return nil
}

// Sessions returns the sessions in order.
func (s *Spool) Sessions() []int64 {
	sessions := make([]int64, 0, len(s.sections))
	for session := range s.sections {
		sessions = append(sessions, session)
	}
	slices.Sort(sessions)
	return sessions
}

// Write writes a section.
func (s *Spool) Write(w io.Writer, section *Section) error {
	for _, p := range section.parts {
		if _, err := io.Copy(w, io.NewSectionReader(s.file, p.at, int64(p.size))); err != nil {
			return err
		}
	}
	_, err := w.Write(section.Text)
	return err
}

// Close removes the temporary file.
func (s *Spool) Close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
