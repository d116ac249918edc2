package history

import (
	"encoding"
	"slices"
	"strings"
	"testing"
)

// enum is what all enums of the format can do.
type enum interface {
	comparable
	encoding.TextMarshaler
	String() string
}

// words tests an enum against the words of its values, from first on.
func words[T enum](t *testing.T, parse func(string) (T, error), unmarshal func(*T, string) error, values []T, names ...string) {
	t.Helper()
	var found []string
	for _, v := range values {
		text, err := v.MarshalText()
		if err != nil {
			t.Error(err)
		}
		back, err := parse(v.String())
		var again T
		if err2 := unmarshal(&again, string(text)); err != nil || err2 != nil || back != v || again != v || string(text) != v.String() {
			t.Errorf("%s: %v, %v", v, err, err2)
		}
		found = append(found, v.String())
	}
	if !slices.Equal(found, names) {
		t.Errorf("got the words %q, want %q", found, names)
	}
	for _, wrong := range []string{"", "nonsense"} {
		if _, err := parse(wrong); err == nil || !strings.Contains(err.Error(), "known are "+strings.Join(names, ", ")) {
			t.Errorf("%q: error %v", wrong, err)
		}
	}
}

func TestWords(t *testing.T) {
	words(t, ParseKind, func(k *Kind, s string) error { return k.UnmarshalText([]byte(s)) },
		[]Kind{Read, ReadWhere, Insert, Update, UpdateWhere, Delete, DeleteWhere, Append, Savepoint, RollbackTo, Release, InsertIgnore, Upsert, Advisory},
		"read", "read-where", "insert", "update", "update-where", "delete", "delete-where", "append",
		"savepoint", "rollback-to", "release", "insert-ignore", "upsert", "advisory")
	words(t, ParseLock, func(l *Lock, s string) error { return l.UnmarshalText([]byte(s)) },
		[]Lock{NoLock, ForShare, ForUpdate, NoWait, SkipLocked}, "none", "share", "update", "nowait", "skip-locked")
	words(t, ParseComparison, func(c *Comparison, s string) error { return c.UnmarshalText([]byte(s)) },
		[]Comparison{Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual},
		"equal", "not-equal", "less", "less-equal", "greater", "greater-equal")
	words(t, ParseAssignOp, func(a *AssignOp, s string) error { return a.UnmarshalText([]byte(s)) },
		[]AssignOp{Set, Add, Concat}, "set", "add", "concat")
	words(t, ParseOutcome, func(o *Outcome, s string) error { return o.UnmarshalText([]byte(s)) },
		[]Outcome{Committed, Aborted, Indeterminate}, "committed", "aborted", "indeterminate")
	words(t, ParseValueKind, func(k *ValueKind, s string) error { return k.UnmarshalText([]byte(s)) },
		[]ValueKind{Null, Int, Text}, "null", "int", "text")
}

func TestWordsThatDoNotExist(t *testing.T) {
	for want, value := range map[string]interface {
		encoding.TextMarshaler
		String() string
	}{
		"kind(0)": Kind(0), "kind(15)": Kind(15), "lock(5)": Lock(5), "comparison(6)": Comparison(6),
		"assignment(3)": AssignOp(3), "outcome(0)": Outcome(0), "type(255)": ValueKind(255),
	} {
		if value.String() != want {
			t.Errorf("got %q, want %q", value, want)
		}
		if text, err := value.MarshalText(); err == nil {
			t.Errorf("%s is marshalled as %q", want, text)
		}
	}
}

func TestParseLevel(t *testing.T) {
	for _, l := range Levels() {
		if got, err := ParseLevel(string(l)); got != l || err != nil {
			t.Errorf("%s: %s, %v", l, got, err)
		}
	}
	if _, err := ParseLevel("snapshot"); err == nil || !strings.Contains(err.Error(), "read-uncommitted, read-committed, repeatable-read, serializable") {
		t.Errorf("error %v", err)
	}
}
