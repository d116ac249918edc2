package probes

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// MaxSessions is how many sessions a probe may have.
const MaxSessions = 8

// Parse reads a file of probes. Its error is a *SyntaxError; file is the name in it.
func Parse(file string, content []byte) ([]Probe, error) {
	p := &parser{}
	number := 0
	for text := range strings.Lines(string(content)) {
		number++
		text = strings.TrimRight(text, "\r\n")
		if !utf8.ValidString(text) {
			return nil, &SyntaxError{File: file, Line: number, Column: 1, Message: "the line is not UTF-8"}
		}
		l := &line{file: file, number: number, text: text}
		if err := p.line(l); err != nil {
			return nil, err
		}
		p.keep(l)
	}
	last := &line{file: file, number: max(number, 1)}
	if err := p.finish(last); err != nil {
		return nil, err
	}
	if len(p.probes) == 0 {
		return nil, last.fail(0, "there is no probe in this file; one begins with a line such as: probe lost-update")
	}
	return p.probes, nil
}

// parser puts probes together, line by line.
type parser struct {
	probes []Probe
	probe  *Probe // the one that is being read; nil before the first
	head   *line  // its first line
	open   map[int]bool
	given  map[string]bool // the directives so far
	apart  string          // blank lines and comments since the last line that says something
}

// keep adds a line to the probe's text; those that say nothing, only once another one follows.
func (p *parser) keep(l *line) {
	switch said := strings.TrimLeft(l.text, " \t"); {
	case p.probe == nil:
	case said == "" || said[0] == '#':
		p.apart += l.text + "\n"
	default:
		p.probe.Text += p.apart + l.text + "\n"
		p.apart = ""
	}
}

// line takes in one line.
func (p *parser) line(l *line) error {
	if err := l.advance(); err != nil {
		return err
	}
	switch {
	case l.next.kind == end:
		return nil
	case l.next.kind == number:
		return p.step(l)
	case l.next.kind != word:
		return l.unexpected("a directive such as title:, or a step such as 1: commit,")
	}
	first := l.next
	if err := l.advance(); err != nil {
		return err
	}
	if first.text == "probe" && !l.is(":") {
		return p.begin(l)
	}
	if !l.is(":") {
		return l.unexpected("\":\"")
	}
	if p.probe == nil {
		return l.fail(first.at, "%s: stands before the first probe; one begins with a line such as: probe lost-update", first.text)
	}
	l.next.at = l.pos // what follows may be plain text
	return p.directive(first, l)
}

// begin begins a new probe.
func (p *parser) begin(l *line) error {
	if err := p.finish(l); err != nil {
		return err
	}
	at := l.next.at
	name, err := l.word("the probe's name")
	if err != nil {
		return err
	}
	switch {
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(name) > 40:
		return l.fail(at, "%q cannot be a probe's name: it takes at most 40 small letters, digits and hyphens", name)
	case slices.ContainsFunc(p.probes, func(other Probe) bool { return other.Name == name }):
		return l.fail(at, "there is a probe %s already", name)
	}
	p.probe, p.head, p.open, p.given = &Probe{Name: name, Title: name}, l, map[int]bool{}, map[string]bool{}
	return l.done()
}

// finish checks the probe that was being read, and keeps it.
func (p *parser) finish(l *line) error {
	if p.probe == nil {
		return nil
	}
	switch {
	case len(p.probe.Steps) == 0:
		return p.head.fail(0, "probe %s has no steps", p.probe.Name)
	case len(p.open) > 0:
		session := slices.Min(keys(p.open))
		return l.fail(0, "probe %s ends, and session %d has not: it needs a commit or a rollback without a condition", p.probe.Name, session)
	}
	p.probes, p.probe, p.apart = append(p.probes, *p.probe), nil, ""
	return nil
}

func keys(m map[int]bool) []int {
	var all []int
	for k := range m {
		all = append(all, k)
	}
	return all
}

// step takes in one step.
func (p *parser) step(l *line) error {
	at := l.next.at
	session, err := l.integer("a session's number")
	if err != nil {
		return err
	}
	switch {
	case p.probe == nil:
		return l.fail(at, "a step before the first probe; one begins with a line such as: probe lost-update")
	case len(p.probe.Tables) == 0:
		return l.fail(at, "probe %s has no table yet; make one with a line such as: table: test (value)", p.probe.Name)
	case session < 1 || session > MaxSessions:
		return l.fail(at, "there is no session %d; they are numbered from 1 to %d", session, MaxSessions)
	}
	if err := l.expect(":"); err != nil {
		return err
	}
	s, err := parseStatement(l, p.probe.Tables)
	if err != nil {
		return err
	}
	s.Session, s.Line = int(session), l.number
	switch {
	case s.Action == Begin && p.open[s.Session]:
		return l.fail(at, "session %d has a transaction open already", session)
	case (s.Action == Commit || s.Action == Rollback) && !p.open[s.Session]:
		return l.fail(at, "session %d has no transaction open", session)
	case s.If != Always && !p.open[s.Session]:
		return l.fail(at, "session %d has no statement before this one that the condition could be about", session)
	}
	p.open[s.Session] = true
	if s.Ends() {
		delete(p.open, s.Session)
	}
	if len(p.probe.Steps) >= history.MaxOps {
		return l.fail(at, "a probe may have at most %d steps", history.MaxOps)
	}
	p.need(&s)
	p.probe.Steps = append(p.probe.Steps, s)
	return nil
}

// need notes which features a step needs.
func (p *parser) need(s *Step) {
	var needs []databases.Feature
	switch {
	case s.Options.Deferrable:
		needs = append(needs, databases.Deferrable)
	case s.Options.ReadOnly:
		needs = append(needs, databases.ReadOnly)
	}
	switch s.Op.Lock {
	case history.NoWait:
		needs = append(needs, databases.NoWait)
	case history.SkipLocked:
		needs = append(needs, databases.SkipLocked)
	case history.ForShare:
		needs = append(needs, databases.ForShare)
	}
	switch s.Op.Kind {
	case history.Advisory:
		needs = append(needs, databases.AdvisoryLocks)
	case history.Savepoint:
		needs = append(needs, databases.Savepoints)
	case history.Upsert:
		if len(p.probe.Tables[s.Op.Table].Unique) > 0 {
			needs = append(needs, databases.UpsertUnique)
		}
	}
	for _, n := range needs {
		if !slices.Contains(p.probe.Needs, n) {
			p.probe.Needs = append(p.probe.Needs, n)
		}
	}
}
