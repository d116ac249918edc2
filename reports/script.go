package reports

import (
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// script is a witness as SQL to paste: a part that makes the tables, and one
// for each session, which wait for each other by their client's own sleep.
type script struct {
	Client string // that understands it: psql or mysql
	Parts  []scriptPart
}

// scriptPart is what goes into one session.
type scriptPart struct{ Name, Text string }

// replayed is the schema, or database, that a script works in, so that it touches nothing else.
const replayed = "isocheck_replay"

// startEvery is the grid of seconds at which the sessions of a script start,
// so that there is time to paste all of them.
const startEvery = 20

// newScript makes the script of a witness. It returns nil where the SQL is not
// known, or where a text in it could make the client do something else: a
// backslash begins a command of psql and of mysql.
func newScript(f *checker.Findings, w *checker.Witness) *script {
	s := &script{Client: clientOf(f.Header.Database)}
	if s.Client == "" || len(w.Transactions) == 0 {
		return nil
	}
	line := newTimeline(w)
	for _, step := range line.Steps {
		if step.Kind != stepStatement {
			continue
		}
		if n := w.Transactions[step.Txn].Ops[step.Op].Statement; n < 0 || n >= len(f.Statements) {
			return nil
		}
	}
	first := "T1"
	s.Parts = append(s.Parts, scriptPart{Name: "First, in any session", Text: setUp(f, w)})
	for n := range w.Transactions {
		s.Parts = append(s.Parts, scriptPart{Name: "Session " + txnLabel(n), Text: session(f, w, line, n)})
	}
	s.Parts = append(s.Parts, scriptPart{Name: "At the end, in session " + first, Text: cleanUp(&f.Header)})
	for _, part := range s.Parts {
		if !harmless(part.Text) {
			return nil
		}
	}
	return s
}

func clientOf(database string) string {
	switch database {
	case "postgres":
		return "psql"
	case "mysql", "mariadb":
		return "mysql"
	}
	return ""
}

// harmless reports whether all backslashes of a part are those of its own waits.
func harmless(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(line, `\! sleep `)
		if strings.ContainsAny(line, "\\\x00\r\x1b") {
			return false
		}
	}
	return true
}

// session is what one session sends, each step after a wait that keeps the order.
func session(f *checker.Findings, w *checker.Witness, line timeline, n int) string {
	var out strings.Builder
	fmt.Fprintf(&out, "-- %s: %s\n", txnLabel(n), printable(txnTitle(&w.Transactions[n])))
	if f.Header.Database == "postgres" {
		fmt.Fprintf(&out, "SET search_path = %s;\n", replayed)
	} else {
		fmt.Fprintf(&out, "USE %s;\n", replayed)
		if on, ok := f.Header.Settings["innodb_snapshot_isolation"]; ok && (on == "ON" || on == "OFF") {
			fmt.Fprintf(&out, "SET SESSION innodb_snapshot_isolation = %s;\n", on)
		}
	}
	fmt.Fprintf(&out, "\\! sleep $((%d - $(date +%%s) %% %d))\n", startEvery, startEvery)
	clock := 0
	for _, s := range line.Steps {
		if s.Txn != n {
			continue
		}
		if s.Number > clock {
			fmt.Fprintf(&out, "\\! sleep %d\n", s.Number-clock)
		}
		clock = s.Number
		fmt.Fprintf(&out, "-- step %d\n%s\n", s.Number, stepSQL(f, w, s))
		if len(waitedFor(w, s)) > 0 {
			clock = lastBefore(line, s.End)
		}
	}
	if line.Omitted[n] > 0 {
		fmt.Fprintf(&out, "-- %s of this transaction left out\n", counted(line.Omitted[n], "other operation"))
	}
	return out.String()
}

// lastBefore is the number of the last step that was sent before a moment.
func lastBefore(line timeline, at int64) int {
	last := 0
	for _, s := range line.Steps {
		if s.Start < at {
			last = s.Number
		}
	}
	return last
}

// stepSQL is what the client is to send at a step, with a comment on what came of it.
func stepSQL(f *checker.Findings, w *checker.Witness, s step) string {
	t := &w.Transactions[s.Txn]
	sql := stepText(f, w, s)
	switch s.Kind {
	case stepBegin:
		sql = beginSQL(&f.Header, t)
	case stepEnded:
		sql = "ROLLBACK"
	}
	sql = printable(sql) + ";"
	var notes []string
	if s.Kind == stepStatement {
		for _, a := range answers(f, w, s) {
			if len(notes) < maxRows {
				notes = append(notes, a.Text)
			}
		}
	}
	if err := stepError(w, s); err != nil {
		notes = append(notes, "failed: "+errorText(err.Class, err.Code, err.Message))
	}
	if remark := stepRemark(&f.Header, w, s); remark != "" {
		notes = append(notes, remark)
	}
	if len(notes) > 0 {
		sql += " -- " + strings.ReplaceAll(printable(strings.Join(notes, "; ")), `\`, "/")
	}
	return sql
}

// beginSQL begins a transaction at the level that was asked of the database.
func beginSQL(h *history.Header, t *history.Transaction) string {
	level := t.Level
	if level == "" {
		level = h.Level
	}
	name := strings.ToUpper(levelName(level))
	access := ""
	if t.ReadOnly {
		access = " READ ONLY"
	}
	if h.Database != "postgres" {
		return "SET TRANSACTION ISOLATION LEVEL " + name + "; START TRANSACTION" + access
	}
	if t.Deferrable {
		access += " DEFERRABLE"
	}
	return "BEGIN ISOLATION LEVEL " + name + access
}
