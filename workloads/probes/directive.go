package probes

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
)

// directive takes in a line such as "title: Lost update". The line stands behind the colon.
func (p *parser) directive(name token, l *line) error {
	if p.given[name.text] && name.text != "about" && name.text != "table" && name.text != "rows" {
		return l.fail(name.at, "%s: is there already", name.text)
	}
	p.given[name.text] = true
	switch name.text {
	case "title", "class", "about", "source":
		return p.prose(name.text, l)
	}
	if len(p.probe.Steps) > 0 {
		return l.fail(name.at, "%s: must stand before the first step", name.text)
	}
	if err := l.advance(); err != nil {
		return err
	}
	var err error
	switch name.text {
	case "anomaly":
		p.probe.Anomalies, err = words(l, "an anomaly's id, such as lost-update")
	case "level-set":
		err = p.levelSet(l)
	case "table":
		err = p.table(l)
	case "rows":
		err = p.rows(l)
	default:
		return l.fail(name.at, "unknown directive %s:; known are title, class, about, source, anomaly, level-set, table and rows", name.text)
	}
	if err != nil {
		return err
	}
	return l.done()
}

// prose takes the rest of the line as it is.
func (p *parser) prose(name string, l *line) error {
	said := strings.TrimSpace(l.rest())
	if said == "" {
		return l.fail(len(l.text), "%s: says nothing", name)
	}
	switch name {
	case "title":
		p.probe.Title = said
	case "class":
		p.probe.Class = said
	case "source":
		p.probe.Source = said
	default:
		p.probe.About = strings.TrimSpace(p.probe.About + " " + said)
	}
	return nil
}

// words takes words with commas between them.
func words(l *line, wanted string) ([]string, error) {
	var all []string
	for {
		w, err := l.word(wanted)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
		if more, err := l.accept(","); err != nil || !more {
			return all, err
		}
	}
}

func (p *parser) levelSet(l *line) error {
	at := l.next.at
	way, err := l.word("how the level is set")
	if err != nil {
		return err
	}
	if p.probe.LevelSet = databases.LevelSet(way); !slices.Contains(databases.LevelSets(), p.probe.LevelSet) {
		return l.fail(at, "the level cannot be set by %q; it is by session, connection or transaction", way)
	}
	return nil
}

// table takes "test (value, name text unique, grp index)".
func (p *parser) table(l *line) error {
	at := l.next.at
	name, err := l.word("the table's name")
	if err != nil {
		return err
	}
	t := history.Table{Name: name}
	if err := l.expect("("); err != nil {
		return err
	}
	for {
		if err := column(l, &t); err != nil {
			return err
		}
		more, err := l.accept(",")
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	p.probe.Tables = append(p.probe.Tables, t)
	if err := databases.CheckTables(p.probe.Tables); err != nil {
		return l.fail(at, "%v", err)
	}
	if isKeyword(name) || len(name) > 20 || strings.Contains(name, "-") {
		return l.fail(at, "%q cannot be a table's name: it is a word of the format, longer than 20 letters, or has a hyphen", name)
	}
	return l.expect(")")
}

// column takes "name text unique".
func column(l *line, t *history.Table) error {
	at := l.next.at
	name, err := l.word("a column's name")
	if err != nil {
		return err
	}
	if strings.Contains(name, "-") || len(name) > 20 {
		return l.fail(at, "%q cannot be a column's name: it has a hyphen, or more than 20 letters", name)
	}
	c, n := history.Column{Name: name, Type: history.Int}, len(t.Columns)
	for l.next.kind == word {
		switch l.next.text {
		case "int":
		case "text":
			c.Type = history.Text
		case "index":
			t.Indexes = append(t.Indexes, n)
		case "unique":
			t.Unique = append(t.Unique, n)
		default:
			return l.unexpected("int, text, index, unique or \",\"")
		}
		if err := l.advance(); err != nil {
			return err
		}
	}
	t.Columns = append(t.Columns, c)
	return nil
}

// rows takes "1 value=10, 2 value=20".
func (p *parser) rows(l *line) error {
	if len(p.probe.Tables) == 0 {
		return l.fail(l.next.at, "rows before the table that they are in")
	}
	for {
		s := &statement{line: l, tables: p.probe.Tables}
		if err := s.table(); err != nil {
			return err
		}
		at := l.next.at
		if err := s.row(); err != nil {
			return err
		}
		r := Row{Table: s.op.Table, Key: s.op.Key, Values: s.values()}
		if slices.ContainsFunc(p.probe.Rows, func(o Row) bool { return o.Table == r.Table && o.Key == r.Key }) {
			return l.fail(at, "there is a row %d already", r.Key)
		}
		p.probe.Rows = append(p.probe.Rows, r)
		if more, err := l.accept(","); err != nil || !more {
			return err
		}
	}
}
