package probes

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/history"
)

// statement is one statement that is being read.
type statement struct {
	*line
	tables []history.Table
	step   Step
	op     history.Op
}

// parseStatement reads what stands behind a step's session.
func parseStatement(l *line, tables []history.Table) (Step, error) {
	s := &statement{line: l, tables: tables}
	from := l.next.at
	verb := l.next
	if _, err := l.word("a statement"); err != nil {
		return Step{}, err
	}
	if err := s.verb(verb); err != nil {
		return Step{}, err
	}
	conditional, err := l.accept("if")
	if err != nil {
		return Step{}, err
	}
	if conditional {
		if err := s.condition(); err != nil {
			return Step{}, err
		}
		if s.step.Action == Begin {
			return Step{}, l.fail(verb.at, "a begin cannot have a condition")
		}
	}
	s.step.Text, s.step.Op = strings.TrimRight(l.text[from:l.next.at], " \t"), s.op
	return s.step, l.done()
}

func (s *statement) condition() error {
	at := s.next.at
	w, err := s.word("none or found")
	switch {
	case err != nil:
		return err
	case w == "none":
		s.step.If = IfNone
	case w == "found":
		s.step.If = IfFound
	default:
		return s.fail(at, "%q where none or found should be", w)
	}
	return nil
}

// verbs are all words that a statement can begin with.
const verbs = "begin, read, insert, insert-ignore, upsert, update, delete, savepoint, release, lock, commit and rollback"

func (s *statement) verb(verb token) error {
	switch verb.text {
	case "begin":
		return s.begin()
	case "commit":
		s.step.Action = Commit
		return nil
	case "rollback":
		return s.rollback()
	case "read":
		return s.read()
	case "insert", "insert-ignore", "upsert":
		return s.insert(verb.text)
	case "update":
		return s.update()
	case "delete":
		s.op.Kind = history.Delete
		return s.target(history.DeleteWhere)
	case "savepoint":
		return s.numbered(history.Savepoint, "the savepoint's number")
	case "release":
		return s.numbered(history.Release, "the savepoint's number")
	case "lock":
		return s.numbered(history.Advisory, "the advisory lock's number")
	}
	return s.fail(verb.at, "unknown statement %q; known are %s", verb.text, verbs)
}

// begin reads "[LEVEL] [read-only] [deferrable]".
func (s *statement) begin() error {
	s.step.Action = Begin
	o := &s.step.Options
	for s.next.kind == word && !s.is("if") {
		switch w := s.next.text; {
		case w == "read-only" && !o.ReadOnly:
			o.ReadOnly = true
		case w == "deferrable" && !o.Deferrable:
			o.Deferrable = true
		case slices.Contains(history.Levels(), history.Level(w)) && o.Level == "":
			o.Level = history.Level(w)
		default:
			return s.unexpected("a level, read-only or deferrable")
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (s *statement) rollback() error {
	to, err := s.accept("to")
	if err != nil {
		return err
	}
	if to {
		return s.numbered(history.RollbackTo, "the savepoint's number")
	}
	s.step.Action = Rollback
	return nil
}

func (s *statement) numbered(kind history.Kind, wanted string) error {
	s.op.Kind = kind
	at := s.next.at
	n, err := s.integer(wanted)
	if err == nil && n < 0 {
		return s.fail(at, "%s cannot be negative", wanted)
	}
	s.op.Key = n
	return err
}

// read reads "[TABLE] TARGET [limit N] [LOCK]".
func (s *statement) read() error {
	s.op.Kind = history.Read
	if err := s.target(history.ReadWhere); err != nil {
		return err
	}
	if s.op.Kind == history.Read && len(s.op.Where) > 0 {
		return s.fail(s.next.at, "a read of one row takes no where")
	}
	limited, err := s.accept("limit")
	if err != nil {
		return err
	}
	if limited {
		at := s.next.at
		n, err := s.integer("the most rows to read")
		switch {
		case err != nil:
			return err
		case n < 1 || n > 1000 || s.op.Kind == history.Read:
			return s.fail(at, "a limit is from 1 to 1000, and for reads by where")
		}
		s.op.Limit = int(n)
	}
	return s.lock()
}

// lock reads "for share", "for update", "for update nowait" or "for update skip locked".
func (s *statement) lock() error {
	locking, err := s.accept("for")
	if err != nil || !locking {
		return err
	}
	at := s.next.at
	mode, err := s.word("share or update")
	switch {
	case err != nil:
		return err
	case mode == "share":
		s.op.Lock = history.ForShare
		return nil
	case mode != "update":
		return s.fail(at, "%q where share or update should be", mode)
	}
	s.op.Lock = history.ForUpdate
	if nowait, err := s.accept("nowait"); err != nil || nowait {
		s.op.Lock = history.NoWait
		return err
	}
	if skip, err := s.accept("skip"); err != nil || !skip {
		return err
	}
	s.op.Lock = history.SkipLocked
	return s.expect("locked")
}

// insert reads "[TABLE] KEY COLUMN=VALUE…", and of an upsert also "update COLUMN=EXPRESSION…".
func (s *statement) insert(verb string) error {
	s.op.Kind = map[string]history.Kind{"insert": history.Insert, "insert-ignore": history.InsertIgnore, "upsert": history.Upsert}[verb]
	if err := s.table(); err != nil {
		return err
	}
	if err := s.row(); err != nil {
		return err
	}
	set := make([]history.Assign, 0, len(s.op.Set))
	for i, v := range s.values() {
		set = append(set, history.Assign{Column: i, Value: v})
	}
	s.op.Set = set
	if s.op.Kind != history.Upsert {
		return nil
	}
	if err := s.expect("update"); err != nil {
		return err
	}
	var err error
	s.op.Update, err = s.assigns()
	return err
}

// update reads "[TABLE] TARGET set COLUMN=EXPRESSION…".
func (s *statement) update() error {
	s.op.Kind = history.Update
	if err := s.target(history.UpdateWhere); err != nil {
		return err
	}
	if err := s.expect("set"); err != nil {
		return err
	}
	var err error
	s.op.Set, err = s.assigns()
	return err
}
