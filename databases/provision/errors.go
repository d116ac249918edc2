package provision

import (
	"errors"
	"fmt"
	"strings"
)

// errNotOurs says that a server was not started by isocheck.
var errNotOurs = errors.New("the server was given by its DSN: isocheck did not start it and does not stop it")

// Unavailable says that no way to start a server served.
type Unavailable struct {
	Name    string // the database's, as people write it
	Version string // the version asked for, empty for any
	Tried   []Attempt
}

// Attempt is one way that was tried.
type Attempt struct {
	Via    Via
	Reason string // why it did not serve
	Help   string // the command that would make it, empty where none would
}

// Error returns a line on what is missing and one or two for each way that was tried.
func (e *Unavailable) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no %s server to be had", strings.TrimSpace(e.Name+" "+e.Version))
	for _, a := range e.Tried {
		fmt.Fprintf(&b, "\n  %-9s %s", a.Via+":", indent(a.Reason))
		if a.Help != "" {
			fmt.Fprintf(&b, "\n            → %s", a.Help)
		}
	}
	fmt.Fprintf(&b, "\n  dsn:      not given\n            → isocheck --dsn … names a server that runs already")
	return b.String()
}

// indent sets the later lines of a reason under its first.
func indent(reason string) string {
	return strings.ReplaceAll(strings.TrimSpace(reason), "\n", "\n            ")
}

// unable is why a way does not serve, and what would make it.
type unable struct {
	reason string
	help   string
	cause  error
	absent bool // it is not on this machine at all, so that nobody wonders
}

func (e *unable) Error() string {
	if e.cause == nil {
		return e.reason
	}
	return e.reason + ": " + e.cause.Error()
}

func (e *unable) Unwrap() error { return e.cause }

// attemptOf returns a way's failure as Unavailable shows it.
func attemptOf(via Via, err error) Attempt {
	a := Attempt{Via: via, Reason: err.Error()}
	if u, ok := errAs[*unable](err); ok {
		a.Help = u.help
	}
	return a
}
