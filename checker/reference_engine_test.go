package checker_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/databases/memory"
	"github.com/isocheck/isocheck/history"
)

// drawEngine draws a database that keeps a model, or breaks one of its rules.
func drawEngine(t *rapid.T) memory.Config {
	c := memory.Config{
		Model: rapid.SampledFrom(memory.Models()).Draw(t, "model"),
		Seed:  rapid.Uint64().Draw(t, "seed"),
	}
	rules := memory.Rules(c.Model)
	if n := rapid.IntRange(0, len(rules)).Draw(t, "off"); n < len(rules) {
		c.Off = []memory.Rule{rules[n]}
	}
	c.AbortShare = float64(rapid.IntRange(0, 2).Draw(t, "aborts")) / 10
	c.LostShare = float64(rapid.IntRange(0, 1).Draw(t, "lost")) / 10
	return c
}

// On small histories of the breakable database the checker says what the reference says.
func TestReferenceOnEngine(t *testing.T) {
	soak(t, "1500", "100000")
	rapid.Check(t, func(t *rapid.T) {
		c := drawEngine(t)
		c.Txns, c.Sessions, c.Operations = rapid.IntRange(3, 6).Draw(t, "transactions"), 3, 3
		c.Keys, c.Values = rapid.IntRange(2, 3).Draw(t, "keys"), 2
		if rapid.Bool().Draw(t, "all") {
			c.Mix = memory.MixOfAll()
			if c.Seed%3 == 0 {
				c.Mix = memory.MixOfSavepoints()
			}
		}
		h, err := history.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		compareWithReference(t, h)
	})
}

// What the checker infers from lists without versions is also true with them; and with no rule
// switched off there is nothing to infer that the database's model rules out.
func TestListsAgreeWithTraces(t *testing.T) {
	soak(t, "300", "100000")
	rapid.Check(t, func(t *rapid.T) {
		c := drawEngine(t)
		c.Txns, c.Sessions, c.Keys = rapid.IntRange(3, 60).Draw(t, "transactions"), 4, rapid.IntRange(1, 4).Draw(t, "keys")
		c.ListLength = rapid.IntRange(3, 20).Draw(t, "length")
		c.Kind = memory.UntracedAppend
		if slices.Contains(c.Off, memory.UniqueKeys) {
			c.Off = nil
		}
		untraced := checkSource(t, c)
		c.Kind = memory.Append
		traced := checkSource(t, c)
		if traced.Counts.Gaps > 0 {
			return // who wrote upon what a transaction of unknown outcome left, and it was undone, made the row anew: versions then tell less
		}
		holds := map[checker.Model]bool{}
		for _, m := range traced.Models {
			holds[m.Model] = m.Holds
		}
		for _, m := range untraced.Models {
			if !m.Holds && holds[m.Model] {
				t.Fatalf("%v: from the lists alone the checker says that %s fails, by %s, and with their versions that it holds\n%s\n%s",
					c, m.Model, m.RuledOutBy, formatFindings(untraced), formatSource(c))
			}
		}
	})
}

func checkSource(t *rapid.T, src checker.Source) *checker.Findings {
	f, err := checker.Check(context.Background(), src, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// formatSource draws a history of lists.
func formatSource(src history.Source) string {
	h, err := history.ReadAll(src)
	if err != nil {
		return err.Error()
	}
	text := ""
	for i := range h.Txns {
		x := &h.Txns[i]
		text += fmt.Sprintf("%s %s %d-%d ", x.ID(), x.Outcome, x.Start, x.End)
		for j := range x.Ops {
			switch op := &x.Ops[j]; {
			case op.Error != nil:
				text += " failed"
			case op.Kind == history.Append:
				text += fmt.Sprintf(" %d+=%d", op.Key, op.Set[0].Value.Int)
			case len(op.Rows) > 0:
				text += fmt.Sprintf(" %d=[%s]", op.Key, op.Rows[0].Values[0].Text)
			default:
				text += fmt.Sprintf(" %d=none", op.Key)
			}
		}
		text += "\n"
	}
	return text
}
