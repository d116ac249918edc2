package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

// number writes an integer with thousands separators: 41,203.
func number[T ~int | ~int64 | ~uint64](n T) string {
	digits := fmt.Sprint(n)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// counted writes a number and its noun, which takes an s where there is not one of it.
func counted[T ~int | ~int64](n T, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// duration writes nanoseconds with the unit and the digits that people read: 840 µs, 3.2 ms, 41 s, 2 min 5 s.
func duration(ns int64) string {
	d := time.Duration(ns)
	switch abs := max(d, -d); {
	case abs < time.Microsecond:
		return fmt.Sprintf("%d ns", ns)
	case abs < time.Millisecond:
		return significant(float64(ns)/1e3) + " µs"
	case abs < time.Second:
		return significant(float64(ns)/1e6) + " ms"
	case abs < 100*time.Second:
		return significant(d.Seconds()) + " s"
	case abs < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	}
}

// significant writes a number with about two digits that matter, and no needless zeros.
func significant(f float64) string {
	digits := 1
	switch {
	case f >= 10 || f <= -10:
		digits = 0
	case f < 1 && f > -1:
		digits = 2
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// share writes a part of a whole in percent: 7 %, 0.3 %, under 0.1 %.
func share(part, whole int) string {
	if whole == 0 || part == 0 {
		return "0 %"
	}
	percent := 100 * float64(part) / float64(whole)
	if percent < 0.1 {
		return "under 0.1 %"
	}
	return significant(percent) + " %"
}

// found writes a count of anomalies, which is a lower bound where the search was cut short.
func found(count int, atLeast bool) string {
	if atLeast {
		return "at least " + number(count)
	}
	return number(count)
}

// list joins words as a sentence does: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// capital returns the text with its first letter as a capital.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// asSentence gives a text a capital and a full stop, where it has none.
func asSentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return capital(s)
	}
	return capital(s) + "."
}

// shortName leaves out what an anomaly's name has in brackets.
func shortName(name string) string {
	short, _, _ := strings.Cut(name, " (")
	return short
}

// The ends of the ids of variants, in which the circle is closed by an order.
const (
	sessionSuffix  = "-session"
	realTimeSuffix = "-real-time"
)

// baseID is the anomaly that a variant is one of.
func baseID(id checker.AnomalyID) checker.AnomalyID {
	return checker.AnomalyID(strings.TrimSuffix(strings.TrimSuffix(string(id), sessionSuffix), realTimeSuffix))
}

// variant takes an anomaly's name apart: write skew that is closed by session
// order is a variant of write skew. The order is empty for other anomalies.
func variant(a *checker.Anomaly) (base, order string) {
	base, _, _ = strings.Cut(a.Name, " against ")
	switch {
	case strings.HasSuffix(string(a.ID), sessionSuffix):
		return base, "session order"
	case strings.HasSuffix(string(a.ID), realTimeSuffix):
		return base, "real time"
	}
	return a.Name, ""
}

// productName returns the database's name as people write it.
func productName(database string) string {
	switch database {
	case "postgres":
		return "PostgreSQL"
	case "mysql":
		return "MySQL"
	case "mariadb":
		return "MariaDB"
	case "memory":
		return "The database in memory"
	case "":
		return "The database"
	}
	return database
}

// serverName returns the database with its version: PostgreSQL 15.18.
func serverName(h *history.Header) string {
	return strings.TrimSpace(productName(h.Database) + " " + h.ServerVersion)
}

// levelName returns a level as people say it: repeatable read.
func levelName(l history.Level) string {
	if l == "" {
		return "an unnamed level"
	}
	return strings.ReplaceAll(string(l), "-", " ")
}

// modelName returns a model as people say it: snapshot isolation.
func modelName(m checker.Model) string {
	base, order := m.Split()
	name := strings.ReplaceAll(string(base), "-", " ")
	if base == checker.InnoDBRepeatableRead {
		name = "InnoDB's repeatable read"
	}
	switch {
	case order == checker.SessionOrder:
		return "strong session " + name
	case order == checker.RealTimeOrder && base == checker.Serializable:
		return "strict serializable"
	case order == checker.RealTimeOrder:
		return "strong " + name
	}
	return name
}

// className returns an error class as people say it.
func className(c history.ErrorClass) string {
	switch c {
	case "":
		return "no error"
	case history.Constraint:
		return "constraint violation"
	case history.OtherError:
		return "other error"
	}
	return strings.ReplaceAll(string(c), "-", " ")
}

// edgeKindName returns a dependency's kind as textbooks call it.
func edgeKindName(k checker.EdgeKind) string {
	switch k {
	case checker.WW:
		return "write dependency"
	case checker.WR:
		return "read dependency"
	case checker.RW:
		return "anti-dependency"
	case checker.PredicateWR:
		return "predicate read dependency"
	case checker.PredicateRW:
		return "predicate anti-dependency"
	case checker.Session:
		return "session order"
	case checker.RealTime:
		return "real-time order"
	case checker.Before:
		return "commit order"
	}
	return string(k)
}

// errorText says why a statement failed, with the server's own code and words.
func errorText(class history.ErrorClass, code, message string) string {
	text := className(class)
	if code != "" {
		text += " " + code
	}
	if message != "" {
		text += ": " + message
	}
	return text
}
