package history

import (
	"fmt"
	"slices"
	"strings"
)

// Every name below is a word of the file format, indexed by its constant. An
// index that no constant has is "".
var (
	kindNames = [...]string{
		"", "read", "read-where", "insert", "update", "update-where", "delete", "delete-where", "append",
		"savepoint", "rollback-to", "release", "insert-ignore", "upsert", "advisory",
	}
	lockNames       = [...]string{"none", "share", "update", "nowait", "skip-locked"}
	comparisonNames = [...]string{"equal", "not-equal", "less", "less-equal", "greater", "greater-equal"}
	assignNames     = [...]string{"set", "add", "concat"}
	outcomeNames    = [...]string{"", "committed", "aborted", "indeterminate"}
	valueKindNames  = [...]string{"null", "int", "text"}
)

// name returns the word for an enum's value, or the number in brackets where it has none.
func name[T ~uint8](what string, names []string, n T) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return fmt.Sprintf("%s(%d)", what, n)
}

// parseName returns the enum's value that the word stands for.
func parseName[T ~uint8](what string, names []string, word string) (T, error) {
	if n := slices.Index(names, word); n >= 0 && word != "" {
		return T(n), nil
	}
	return 0, fmt.Errorf("unknown %s %q; known are %s", what, word, knownNames(names))
}

// marshalName returns the word for an enum's value, and an error where it has none.
func marshalName[T ~uint8](what string, names []string, n T) ([]byte, error) {
	if int(n) < len(names) && names[n] != "" {
		return []byte(names[n]), nil
	}
	return nil, fmt.Errorf("%d is no %s", n, what)
}

func knownNames(names []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" }), ", ")
}

// String returns the kind's word in the file format, such as "read-where".
func (k Kind) String() string { return name("kind", kindNames[:], k) }

// ParseKind returns the kind of operation that the word stands for.
func ParseKind(word string) (Kind, error) { return parseName[Kind]("kind", kindNames[:], word) }

// MarshalText returns the kind's word. It fails for a kind that does not exist.
func (k Kind) MarshalText() ([]byte, error) { return marshalName("kind", kindNames[:], k) }

// UnmarshalText is ParseKind.
func (k *Kind) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKind(string(text))
	return err
}

// String returns the lock mode's word in the file format, such as "skip-locked"; "none" for NoLock.
func (l Lock) String() string { return name("lock", lockNames[:], l) }

// ParseLock returns the lock mode that the word stands for.
func ParseLock(word string) (Lock, error) { return parseName[Lock]("lock", lockNames[:], word) }

// MarshalText returns the lock mode's word. It fails for a lock mode that does not exist.
func (l Lock) MarshalText() ([]byte, error) { return marshalName("lock", lockNames[:], l) }

// UnmarshalText is ParseLock.
func (l *Lock) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLock(string(text))
	return err
}

// String returns the comparison's word in the file format, such as "less-equal".
func (c Comparison) String() string { return name("comparison", comparisonNames[:], c) }

// ParseComparison returns the comparison that the word stands for.
func ParseComparison(word string) (Comparison, error) {
	return parseName[Comparison]("comparison", comparisonNames[:], word)
}

// MarshalText returns the comparison's word. It fails for a comparison that does not exist.
func (c Comparison) MarshalText() ([]byte, error) {
	return marshalName("comparison", comparisonNames[:], c)
}

// UnmarshalText is ParseComparison.
func (c *Comparison) UnmarshalText(text []byte) (err error) {
	*c, err = ParseComparison(string(text))
	return err
}

// String returns the assignment's word in the file format, such as "add".
func (a AssignOp) String() string { return name("assignment", assignNames[:], a) }

// ParseAssignOp returns the way to assign that the word stands for.
func ParseAssignOp(word string) (AssignOp, error) {
	return parseName[AssignOp]("assignment", assignNames[:], word)
}

// MarshalText returns the assignment's word. It fails for an assignment that does not exist.
func (a AssignOp) MarshalText() ([]byte, error) { return marshalName("assignment", assignNames[:], a) }

// UnmarshalText is ParseAssignOp.
func (a *AssignOp) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAssignOp(string(text))
	return err
}

// String returns the outcome's word in the file format, such as "committed".
func (o Outcome) String() string { return name("outcome", outcomeNames[:], o) }

// ParseOutcome returns the outcome that the word stands for.
func ParseOutcome(word string) (Outcome, error) {
	return parseName[Outcome]("outcome", outcomeNames[:], word)
}

// MarshalText returns the outcome's word. It fails for an outcome that does not exist.
func (o Outcome) MarshalText() ([]byte, error) { return marshalName("outcome", outcomeNames[:], o) }

// UnmarshalText is ParseOutcome.
func (o *Outcome) UnmarshalText(text []byte) (err error) {
	*o, err = ParseOutcome(string(text))
	return err
}

// String returns the kind's word in the file format: "null", "int" or "text".
func (k ValueKind) String() string { return name("type", valueKindNames[:], k) }

// ParseValueKind returns the kind of value that the word stands for.
func ParseValueKind(word string) (ValueKind, error) {
	return parseName[ValueKind]("type", valueKindNames[:], word)
}

// MarshalText returns the kind's word. It fails for a kind that does not exist.
func (k ValueKind) MarshalText() ([]byte, error) { return marshalName("type", valueKindNames[:], k) }

// UnmarshalText is ParseValueKind.
func (k *ValueKind) UnmarshalText(text []byte) (err error) {
	*k, err = ParseValueKind(string(text))
	return err
}

// ParseLevel returns the isolation level of that name.
func ParseLevel(word string) (Level, error) {
	if slices.Contains(Levels(), Level(word)) {
		return Level(word), nil
	}
	names := make([]string, len(Levels()))
	for i, l := range Levels() {
		names[i] = string(l)
	}
	return "", fmt.Errorf("unknown level %q; known are %s", word, strings.Join(names, ", "))
}
