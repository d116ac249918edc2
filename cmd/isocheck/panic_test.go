package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/workloads"
)

// TestPanic makes a workload panic, in several places, while a server runs: the
// panic comes out, and the server is gone when it does.
func TestPanic(t *testing.T) {
	requireServer(t, postgreSQL)
	w, err := workloads.Find("counter")
	if err != nil {
		t.Fatal(err)
	}
	broken := func(client func(workloads.Generator) workloads.Generator) workloads.Workload {
		w := w
		build := w.New
		w.New = func(p workloads.Params) workloads.Instance {
			instance := build(p)
			ask := instance.Client
			instance.Client = func(n int, rng *rand.Rand) workloads.Generator { return client(ask(n, rng)) }
			return instance
		}
		return w
	}
	for name, w := range map[string]workloads.Workload{
		"when it is made": broken(func(workloads.Generator) workloads.Generator { panic("the workload is broken") }),
		"when it draws a transaction": broken(func(workloads.Generator) workloads.Generator {
			return func() workloads.Transaction { panic("the workload is broken") }
		}),
		"in a transaction": broken(func(next workloads.Generator) workloads.Generator {
			return func() workloads.Transaction {
				t := next()
				body := t.Body
				t.Body = func(tx *databases.Tx) { body(tx); panic("the workload is broken") }
				return t
			}
		}),
	} {
		t.Run(name, func(t *testing.T) { testPanic(t, w) })
	}
}

func testPanic(t *testing.T, w workloads.Workload) {
	temp, err := startFolder()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(temp) }()
	out := t.TempDir()
	t.Setenv("TMPDIR", temp)
	f := &flags{}
	f.register(pflag.NewFlagSet("", pflag.ContinueOnError)) // the defaults
	f.db, f.via, f.clients, f.out = "postgres", "local", 2, out
	p, err := makePlan(f, "")
	if err != nil {
		t.Fatal(err)
	}
	p.workloads = []guarded{{workload: w, strategy: "plain"}}
	a := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}
	panicked := func() (value any) {
		defer func() { value = recover() }()
		_ = a.measure(t.Context(), p)
		return nil
	}()
	if text, _ := panicked.(string); !strings.Contains(text, "the workload is broken") || !strings.Contains(text, "panic_test.go") {
		t.Errorf("the panic is %v, which does not say what happened and where", panicked)
	}
	if left := leftBehind(temp); len(left) > 0 {
		t.Errorf("left behind: %s", strings.Join(left, "\n"))
	}
}

// TestBug says that a panic is a bug in isocheck, does not give away a password,
// and does not exit with a status that means something else.
func TestBug(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{args: []string{"--dsn", "postgres://u:hunter2secret@h/d"}, stderr: &stderr}
	a.sayBug("no connection to postgres://u:hunter2secret@h/d", []byte("goroutine 1"))
	if got := stderr.String(); !strings.Contains(got, "this is a bug in isocheck") || strings.Contains(got, "hunter2secret") {
		t.Errorf("said %q", got)
	}
}
