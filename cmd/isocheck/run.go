package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// app is one invocation of isocheck: where it writes, what its environment says,
// and with which status it will exit.
type app struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	env            []string
	status         status
	outputs        outputs // what --report asks for
	// sources says where the flags' values come from that are not defaults.
	sources map[string]string
	// secrets are DSNs that stand neither among the arguments nor in a variable of their own.
	secrets []string
}

// run is isocheck without its process: it does what the arguments ask and
// returns the exit status. When ctx is cancelled it stops as a first Ctrl-C
// makes it stop.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) (exit int) {
	a := &app{args: args, stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	defer func() {
		if p := recover(); p != nil {
			a.sayBug(p, debug.Stack())
			exit = int(notDone)
		}
	}()
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		a.status = a.status.worse(statusOf(err))
		a.say(err)
	}
	return int(a.status)
}

// sayBug says whose fault a panic is. It has the status of a run that could not
// be done, not the 2 that Go's runtime gives, which means inconclusive here.
// Whatever was started has been stopped by then, by the deferred calls further in.
func (a *app) sayBug(p any, stack []byte) {
	fmt.Fprintf(a.stderr, "\nisocheck: this is a bug in isocheck, not in your database.\n"+
		"isocheck: Please report it, with the command and all lines from here on. What isocheck started has been stopped.\n\n"+
		"%s\n\n%s", a.conceal(fmt.Sprint(p)), stack)
}

// say prints an error to stderr. The passwords that this invocation was given do not get out.
func (a *app) say(err error) {
	fmt.Fprintf(a.stderr, "isocheck: %s\n", a.conceal(strings.TrimRight(err.Error(), "\n")))
}

// getenv returns the variable's value in the invocation's environment.
func (a *app) getenv(name string) string {
	value := ""
	for _, pair := range a.env {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

// status is an exit status.
type status int

// The exit statuses.
const (
	asExpected   status = 0
	violated     status = 1
	inconclusive status = 2
	notDone      status = 3
	wrongUsage   status = 64
)

// worse returns the worse of two statuses: a violation is worse than a run that
// could not be done, that is worse than one that proves nothing.
func (s status) worse(t status) status {
	if t.badness() > s.badness() {
		return t
	}
	return s
}

func (s status) badness() int {
	switch s {
	case asExpected:
		return 0
	case inconclusive:
		return 1
	case notDone:
		return 2
	case wrongUsage:
		return 3
	default:
		return 4
	}
}

// usageError is a mistake in how isocheck was called.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// incompleteError says that less was done than was asked, though nothing went wrong:
// the user stopped it, or there was too little time.
type incompleteError struct{ message string }

func (e *incompleteError) Error() string { return e.message }

func incompletef(format string, args ...any) error {
	return &incompleteError{fmt.Sprintf(format, args...)}
}

// statusOf returns the exit status for an error that ended the invocation.
func statusOf(err error) status {
	var usage *usageError
	var part *incompleteError
	switch {
	case errors.As(err, &usage):
		return wrongUsage
	case errors.As(err, &part):
		return inconclusive
	}
	return notDone
}
