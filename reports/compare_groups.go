package reports

import (
	"slices"
	"strings"
)

// differenceGroup is differences at one level between the same subjects, so that
// they are told together.
type differenceGroup struct {
	Violation, Chance bool
	// Text is the whole of it: one sentence, and where it is about several anomalies, each in Items.
	Text  string
	Items []string
}

// groups tells differences between the same subjects together, in the order of the first of each.
func (d *ComparisonDocument) groups() []differenceGroup {
	var lists [][]Difference
	for _, x := range d.Differences {
		at := slices.IndexFunc(lists, func(l []Difference) bool {
			y := l[0]
			return x.Level == y.Level && x.Violation == y.Violation && (x.Probe == "") == (y.Probe == "") && x.Chance == y.Chance && slices.Equal(x.Shown, y.Shown) && slices.Equal(x.Absent, y.Absent)
		})
		if at < 0 {
			at, lists = len(lists), append(lists, nil)
		}
		lists[at] = append(lists[at], x)
	}
	groups := make([]differenceGroup, len(lists))
	for i, l := range lists {
		groups[i] = d.group(l)
	}
	return groups
}

func (d *ComparisonDocument) group(l []Difference) differenceGroup {
	x := l[0]
	g := differenceGroup{Violation: x.Violation, Chance: x.Chance, Text: x.Text}
	if len(l) == 1 {
		return g
	}
	names := func(of []int) string {
		labels := make([]string, len(of))
		for i, n := range of {
			labels[i] = d.Subjects[n].Label
		}
		return list(labels)
	}
	verb, other := " shows", " does not"
	if len(x.Shown) > 1 {
		verb = " show"
	}
	if len(x.Absent) > 1 {
		other = " do not"
	}
	g.Text = capital(levelName(x.Level)) + ": " + names(x.Shown) + verb + " what " + names(x.Absent) + other + ":"
	if x.Probe != "" {
		g.Text = capital(levelName(x.Level)) + ", probes that find an anomaly on " + names(x.Shown) + ", and are prevented on " + names(x.Absent) + ":"
	}
	for _, y := range l {
		g.Items = append(g.Items, d.item(y))
	}
	if x.Chance {
		g.Text = strings.TrimSuffix(g.Text, ":") + ", which is rare and may be chance:"
	}
	return g
}

// distinctWords leaves out words that stand there already.
func distinctWords(words []string) []string {
	var out []string
	for _, w := range words {
		out = appendNew(out, w)
	}
	return out
}

// item tells one difference of several: "lost update: 1,151 in 3,423 and 2,657 in 8,003 (allowed), none in 9,543 and 9,155".
func (d *ComparisonDocument) item(x Difference) string {
	if x.Probe != "" {
		row := d.Probes[slices.IndexFunc(d.Probes, func(r ProbeRow) bool { return r.Level == x.Level && r.Name == x.Probe })]
		how := make([]string, len(x.Absent))
		for i, n := range x.Absent {
			how[i] = row.Cells[n].How
		}
		return x.Name + " (prevented: " + list(distinctWords(how)) + ")"
	}
	table := d.Levels[slices.IndexFunc(d.Levels, func(t LevelTable) bool { return t.Level == x.Level })]
	row := table.Rows[slices.IndexFunc(table.Rows, func(r AnomalyRow) bool { return r.ID == x.Anomaly })]
	var shown, absent []string
	for _, i := range x.Shown {
		c := row.Cells[i]
		how := " (allowed)"
		if c.State == Violation {
			how = " (a violation of " + table.Heads[i].Model + ")"
		}
		shown = append(shown, found(c.Count, c.AtLeast)+" in "+number(c.Transactions)+how)
	}
	for _, i := range x.Absent {
		absent = append(absent, number(row.Cells[i].Transactions))
	}
	return x.Name + ": " + list(shown) + ", none in " + list(absent)
}
