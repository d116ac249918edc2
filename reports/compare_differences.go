package reports

import (
	"slices"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// Difference is an anomaly at a level that some subjects showed and others did not:
// in the workloads, or, where Probe is set, in that probe.
type Difference struct {
	Level   history.Level     `json:"level"`
	Anomaly checker.AnomalyID `json:"anomaly,omitempty"`
	Probe   string            `json:"probe,omitempty"`
	Name    string            `json:"name"`
	// Shown are the subjects that showed it, by index; Absent those that
	// could have and did not.
	Shown  []int `json:"shown"`
	Absent []int `json:"absent"`
	// Violation: for one of them it is ruled out.
	Violation bool `json:"violation"`
	// Chance: it was so rare where it was shown that those who did not show it
	// would, at the same rate, have shown none in one of twenty runs or more. By the rule
	// of three (Hanley and Lippman-Hand, 1983) that is where fewer than 3 were to be expected.
	Chance bool `json:"chance"`
	// Text says it in a sentence.
	Text string `json:"text"`
}

// differences returns what sets the subjects apart: violations first, then by
// level and anomaly. A subject is without an anomaly only if it ran a workload that shows it elsewhere. Variants, closed by session order or real time, count only
// where they are violations: no database promises to be without them.
func differences(d *ComparisonDocument) []Difference {
	found := []Difference{}
	for _, table := range d.Levels {
		for _, row := range table.Rows {
			x := Difference{Level: table.Level, Anomaly: row.ID, Name: shortName(row.Name)}
			var by []string // the workloads that show it
			for i, c := range row.Cells {
				if c.Count > 0 {
					x.Shown, by = append(x.Shown, i), append(by, c.Workloads...)
					x.Violation = x.Violation || c.State == Violation
				}
			}
			for i, c := range row.Cells {
				if c.State == NotSeen && table.Heads[i].ranAny(by) {
					x.Absent = append(x.Absent, i)
				}
			}
			if row.Order != "" {
				x.Name += " (" + row.Order + ")"
			}
			if len(x.Shown) == 0 || len(x.Absent) == 0 || row.Order != "" && !x.Violation {
				continue
			}
			x.Chance = byChance(row.Cells, x.Shown, x.Absent)
			x.Text = differenceText(d, table, row, x)
			found = append(found, x)
		}
	}
	found = append(found, probeDifferences(d)...)
	slices.SortStableFunc(found, func(a, b Difference) int {
		return differenceRank(a) - differenceRank(b)
	})
	return found
}

// differenceRank puts violations first, then what the workloads showed, then probes, and last what may be chance.
func differenceRank(x Difference) int {
	switch {
	case x.Violation:
		return 0
	case x.Chance:
		return 3
	case x.Probe != "":
		return 2
	}
	return 1
}

// expectedByChance is how many must be expected where none was found, so that
// finding none happens in less than one of twenty runs: the rule of three.
const expectedByChance = 3

// byChance reports whether no subject that showed the anomaly showed it so often
// that finding none elsewhere would be more than chance.
func byChance(cells []AnomalyCell, shown, absent []int) bool {
	most := 0.0
	for _, i := range shown {
		for _, j := range absent {
			if cells[i].Transactions > 0 {
				expected := float64(cells[i].Count) / float64(cells[i].Transactions) * float64(cells[j].Transactions)
				most = max(most, expected)
			}
		}
	}
	return most < expectedByChance-1e-9
}

func differenceText(d *ComparisonDocument, table LevelTable, row AnomalyRow, x Difference) string {
	var shown, absent []string
	for _, i := range x.Shown {
		c := row.Cells[i]
		how := found(c.Count, c.AtLeast) + " in " + number(c.Transactions)
		if c.State == Violation {
			how += ", a violation of " + table.Heads[i].Model
		} else {
			how += ", which " + table.Heads[i].Model + " allows"
		}
		shown = append(shown, d.Subjects[i].Label+" ("+how+")")
	}
	for _, i := range x.Absent {
		absent = append(absent, d.Subjects[i].Label+" (none in "+number(row.Cells[i].Transactions)+")")
	}
	verb := " shows "
	if len(shown) > 1 {
		verb = " show "
	}
	text := capital(levelName(x.Level)) + ": " + list(shown) + verb + x.Name + ", " + list(absent) + doesNot(len(absent)) + "."
	if x.Chance {
		text += " It is rare, so that may be chance."
	}
	return text
}

func doesNot(n int) string {
	if n == 1 {
		return " does not"
	}
	return " do not"
}

// NewKinds names the anomalies that the last subject shows at a level and the
// first, which could have shown it there, does not: what a comparison with a
// baseline fails on. What shows only in workloads that the first was not run with at the level has
// nothing to be new against.
func (d *ComparisonDocument) NewKinds() []string {
	var news []string
	if len(d.Subjects) < 2 {
		return nil
	}
	last := len(d.Subjects) - 1
	for _, table := range d.Levels {
		for _, row := range table.Rows {
			before, now := row.Cells[0], row.Cells[last]
			if now.Count > 0 && table.Heads[0].ranAny(now.Workloads) && before.Count == 0 && (row.Order == "" || now.State == Violation) {
				how := found(now.Count, now.AtLeast) + " in " + number(now.Transactions) + ", before none in " + number(before.Transactions)
				if before.State == NotExercised {
					how = found(now.Count, now.AtLeast) + " in " + number(now.Transactions) + ", before not exercised"
				}
				news = append(news, strings.TrimSpace(shortName(row.Name)+" "+row.Order)+" at "+levelName(table.Level)+" ("+how+")")
			}
		}
	}
	return news
}
