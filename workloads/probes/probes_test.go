package probes_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/history"
	"github.com/isocheck/isocheck/workloads/probes"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

func all(t *testing.T) []probes.Probe {
	t.Helper()
	list, err := probes.All()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What reports and users rely on in every probe of isocheck's own.
func TestAll(t *testing.T) {
	var names []string
	for _, p := range all(t) {
		names = append(names, p.Name)
		t.Run(p.Name, func(t *testing.T) {
			label := strings.TrimSpace(p.Class + " " + p.Title)
			if len(label) > 23 {
				t.Errorf("the label %q is %d letters long: a table of four levels in 80 columns has room for 23", label, len(label))
			}
			if p.About == "" {
				t.Error("it does not say what it is about")
			}
			for _, id := range p.Anomalies {
				if _, err := checker.ParseAnomaly(id); err != nil {
					t.Error(err)
				}
			}
			if n := p.Sessions(); n < 2 || n > 3 {
				t.Errorf("%d sessions, want two or three", n)
			}
			if err := databases.CheckTables(p.Tables); err != nil {
				t.Error(err)
			}
			if !p.ExistsOn("postgres") {
				t.Error("it does not exist on PostgreSQL, which has every feature")
			}
		})
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(sorted) != len(names) {
		t.Errorf("two probes of one name: %v", names)
	}
}

// The files are understood as they are meant.
func TestParse(t *testing.T) {
	content, err := os.ReadFile("testdata/all.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := probes.Parse("all.txt", content)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "%s: title %q class %q anomalies %v needs %v set by %q sessions %d\n  about %q\n  source %q\n",
			p.Name, p.Title, p.Class, p.Anomalies, p.Needs, p.LevelSet, p.Sessions(), p.About, p.Source)
		for _, table := range p.Tables {
			fmt.Fprintf(&b, "  table %+v\n", table)
		}
		for _, r := range p.Rows {
			fmt.Fprintf(&b, "  row %+v\n", r)
		}
		for _, s := range p.Steps {
			fmt.Fprintf(&b, "  %d| %s\n     action %d if %d level %q read-only %t deferrable %t %s\n", s.Session, s.Text, s.Action, s.If,
				s.Options.Level, s.Options.ReadOnly, s.Options.Deferrable, describe(&s.Op))
		}
	}
	const golden = "testdata/all.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("(-want +got; go test -run TestParse -update writes it):\n%s", diff)
	}
}

// A probe's text is read as the same probe, by itself and in a file with the others.
func TestText(t *testing.T) {
	everything, err := os.ReadFile("testdata/all.txt")
	if err != nil {
		t.Fatal(err)
	}
	list, err := probes.Parse("all.txt", everything)
	if err != nil {
		t.Fatal(err)
	}
	list = append(list, all(t)...)
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Text
		alone, err := probes.Parse(list[i].Name, []byte(texts[i]))
		if err != nil {
			t.Fatalf("%v, in\n%s", err, texts[i])
		}
		if diff := cmp.Diff(list[i:i+1], alone, cmpopts.IgnoreFields(probes.Step{}, "Line")); diff != "" {
			t.Errorf("%s (-file +text):\n%s", list[i].Name, diff)
		}
	}
	together, err := probes.Parse("together", []byte(strings.Join(texts, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, together, cmpopts.IgnoreFields(probes.Step{}, "Line")); diff != "" {
		t.Errorf("(-files +texts):\n%s", diff)
	}
}

func describe(op *history.Op) string {
	if op.Kind == 0 {
		return ""
	}
	return fmt.Sprintf("%s lock %s table %d key %d where %v limit %d set %v update %v", op.Kind, op.Lock, op.Table, op.Key, op.Where, op.Limit, op.Set, op.Update)
}

// Every error says where it is, and what should be there.
func TestParseErrors(t *testing.T) {
	const head = "probe a\ntable: test (value, name text)\n"
	tests := []struct{ name, text, want string }{
		{"nothing", "# only a comment\n", "1:1: there is no probe in this file"},
		{"step first", "1: read 1\n", "1:1: a step before the first probe"},
		{"directive first", "title: x\n", "1:1: title: stands before the first probe"},
		{"bad name", "probe A_b\n", "1:7: \"A_b\" cannot be a probe's name"},
		{"same name", head + "1: read 1\n1: commit\nprobe a\n", "5:7: there is a probe a already"},
		{"no steps", "probe a\n", "1:1: probe a has no steps"},
		{"no table", "probe a\n1: read 1\n", "2:1: probe a has no table yet"},
		{"unknown directive", "probe a\ntitel: x\n", "2:1: unknown directive titel:"},
		{"directive twice", "probe a\nclass: x\nclass: y\n", "3:1: class: is there already"},
		{"empty directive", "probe a\ntitle:\n", "2:7: title: says nothing"},
		{"late directive", head + "1: read 1\nrows: 1 value=1\n", "4:1: rows: must stand before the first step"},
		{"level set", "probe a\nlevel-set: magic\n", "2:12: the level cannot be set by \"magic\""},
		{"column twice", "probe a\ntable: test (value, value)\n", "2:8: table test: the column name \"value\" is empty, used twice"},
		{"own column", "probe a\ntable: test (version)\n", "2:8: table test: the column name \"version\""},
		{"table's name", "probe a\ntable: all (value)\n", "2:8: \"all\" cannot be a table's name"},
		{"column's type", "probe a\ntable: test (value float)\n", "2:20: \"float\" where int, text, index, unique or \",\" should be"},
		{"row twice", head + "rows: 1 value=1, 1 value=2\n", "3:18: there is a row 1 already"},
		{"row without table", "probe a\nrows: 1 value=1\n", "2:7: rows before the table"},
		{"text for number", head + "1: insert 1 value='x'\n", "3:19: 'x' where a number should be"},
		{"number for text", head + "1: insert 1 name=5\n", "3:18: \"5\" where a text in quotes should be"},
		{"open quote", head + "1: insert 1 name='x\n", "3:18: the text that begins here has no closing quote"},
		{"unknown column", head + "1: read where colour = 1\n", "3:15: table test has no column \"colour\""},
		{"unknown table", head + "1: read other 1\n", "3:9: there is no table \"other\""},
		{"unknown statement", head + "1: select 1\n", "3:4: unknown statement \"select\"; known are begin, read"},
		{"no statement", head + "1:\n", "3:3: the line ends where a statement should be"},
		{"no comparison", head + "1: read where value 3\n", "3:21: \"3\" where a comparison: = <> < <= > >= should be"},
		{"too much", head + "1: commit now\n", "3:11: \"now\" where the end of the line should be"},
		{"set twice", head + "1: update 1 set value=1 value=2\n", "3:25: the column is assigned twice"},
		{"other column", "probe a\ntable: test (a, b)\n1: update 1 set a=b+1\n", "3:19: only a column's own old value can be added to"},
		{"lock of what", head + "1: read 1 for delete\n", "3:15: \"delete\" where share or update should be"},
		{"limit of one row", head + "1: read 1 limit 1\n", "3:17: a limit is from 1 to 1000, and for reads by where"},
		{"where of one row", head + "1: read 1 where value = 1\n", "3:26: a read of one row takes no where"},
		{"session", head + "9: read 1\n", "3:1: there is no session 9; they are numbered from 1 to 8"},
		{"huge number", head + "1: read 99999999999999999999\n", "3:9: 99999999999999999999 is out of range"},
		{"condition first", head + "1: insert 1 value=1 if none\n", "3:1: session 1 has no statement before this one"},
		{"condition", head + "1: read 1\n1: rollback if maybe\n", "4:16: \"maybe\" where none or found should be"},
		{"begin twice", head + "1: begin\n1: begin\n", "4:1: session 1 has a transaction open already"},
		{"commit nothing", head + "1: commit\n", "3:1: session 1 has no transaction open"},
		{"not ended", head + "1: read 1\n2: read 1\n1: commit\n", "5:1: probe a ends, and session 2 has not"},
		{"not ended for certain", head + "1: read 1\n1: rollback if none\n", "4:1: probe a ends, and session 1 has not"},
		{"begin how", head + "1: begin fast\n", "3:10: \"fast\" where a level, read-only or deferrable should be"},
		{"sign", head + "1: read 1 & 2\n", "3:11: '&' has no meaning here"},
		{"not UTF-8", "probe a\n\xff\n", "2:1: the line is not UTF-8"},
		{"column counts characters", head + "1: insert 1 name='äöü' value='x'\n", "3:30: 'x' where a number should be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := probes.Parse("file", []byte(test.text))
			if err == nil || !strings.HasPrefix(err.Error(), "file:"+test.want) {
				t.Errorf("got  %v\nwant file:%s…", err, test.want)
			}
		})
	}
}

// The parser never panics, and says of every error where in the file it is.
func FuzzParse(f *testing.F) {
	if content, err := os.ReadFile("testdata/all.txt"); err == nil {
		f.Add(content)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if content, err := os.ReadFile(file.Name()); err == nil && strings.HasSuffix(file.Name(), ".probe") {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		list, err := probes.Parse("file", content)
		if err != nil {
			e, ok := err.(*probes.SyntaxError) //nolint:errorlint // the documented type itself
			lines := strings.Count(string(content), "\n") + 1
			if !ok || e.Line < 1 || e.Line > lines || e.Column < 1 {
				t.Fatalf("%#v for a file of %d lines", err, lines)
			}
			return
		}
		for _, p := range list {
			if again, err := probes.Parse("text", []byte(p.Text)); err != nil || len(again) != 1 || again[0].Text != p.Text {
				t.Fatalf("the text of probe %s is not read again: %v\n%s", p.Name, err, p.Text)
			}
			if err := databases.CheckTables(p.Tables); err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Steps {
				if s.Action == probes.Operate && s.Op.Kind.NamesRow() || s.Op.Kind.ByPredicate() {
					if err := databases.CheckOp(p.Tables, &s.Op); err != nil {
						t.Fatalf("%s: %v", s.Text, err)
					}
				}
			}
		}
	})
}
