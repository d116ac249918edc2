package faults

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// log records what is done to it as a Server and a Terminator, and what is noted as a Run.
type log struct {
	all  []string
	fail string // the call that fails
	then func() // called after each call
}

func (l *log) call(name string) error {
	l.all = append(l.all, name)
	if l.then != nil {
		l.then()
	}
	if name == l.fail {
		return errors.New("it failed")
	}
	return nil
}

func (l *log) Kill(context.Context) error     { return l.call("Kill") }
func (l *log) Shutdown(context.Context) error { return l.call("Shutdown") }
func (l *log) Pause(context.Context) error    { return l.call("Pause") }
func (l *log) Resume(context.Context) error   { return l.call("Resume") }
func (l *log) Revive(context.Context) (was, is string, err error) {
	return "a:1", "a:2", l.call("Revive")
}

func (l *log) Terminate(_ context.Context, session int64) error {
	return l.call(fmt.Sprint("Terminate ", session))
}
func (l *log) Note(kind, _ string) { l.all = append(l.all, kind) }
func (l *log) Sessions() []int64   { return []int64{7} }

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name  string
		names []string
		ours  bool
		want  []Kind
		error string
	}{
		{"one", []string{"kill"}, true, []Kind{Kill}, ""},
		{"twice the same", []string{"kill", " kill"}, true, []Kind{Kill}, ""},
		{"all of ours", []string{"all"}, true, []Kind{Disconnect, Kill, Latency, Pause, Restart, Terminate}, ""},
		{"all of another's", []string{"all"}, false, []Kind{Disconnect, Latency, Terminate}, ""},
		{"unknown", []string{"kil"}, true, nil, `unknown fault "kil"; known are kill, restart, pause, disconnect, latency, terminate, all`},
		{"kill another's", []string{"terminate", "kill"}, false, nil, "isocheck did not start this server; without it there are disconnect, latency, terminate"},
		{"none", nil, true, nil, "no fault is named"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse(test.names, test.ours)
			if !slices.Equal(got, test.want) || (err == nil) != (test.error == "") || err != nil && !strings.Contains(err.Error(), test.error) {
				t.Errorf("Parse(%q, %v) = %v, %v", test.names, test.ours, got, err)
			}
		})
	}
}

// disturbed returns what a plan does until it has made so many calls.
func disturbed(t *testing.T, plan *Plan, l *log, calls int) error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l.then = func() {
		if calls--; calls == 0 {
			cancel()
		}
	}
	plan.Interval, plan.Server, plan.Database = time.Microsecond, l, l
	return plan.Disturb(ctx, l)
}

// Whatever was begun is brought to its end, also when the run is over in the middle of it.
func TestDisturbMakesGoodAgain(t *testing.T) {
	for _, test := range []struct {
		kind  Kind
		calls int // after so many calls the run is over
		want  string
	}{
		{Kill, 1, "kill Kill Revive kill-over"},
		{Restart, 1, "restart Shutdown Revive restart-over"},
		{Pause, 1, "pause Pause Resume pause-over"},
		{Terminate, 2, "terminate Terminate 7 terminate Terminate 7"},
	} {
		t.Run(string(test.kind), func(t *testing.T) {
			l := &log{}
			if err := disturbed(t, &Plan{Kinds: []Kind{test.kind}}, l, test.calls); err != nil {
				t.Error(err)
			}
			if got := strings.Join(l.all, " "); got != test.want {
				t.Errorf("what was done is %q, not %q", got, test.want)
			}
		})
	}
}

// Each kind comes once before any comes again, in an order that the seed decides.
func TestDisturbOrder(t *testing.T) {
	kinds := []Kind{Kill, Restart, Terminate}
	order := func(seed uint64) []string {
		l := &log{}
		if err := disturbed(t, &Plan{Kinds: kinds, Seed: seed}, l, 10); err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(l.all, func(s string) bool { return !slices.Contains(kinds, Kind(s)) })
	}
	one := order(1)
	for i := 0; i+len(kinds) <= len(one); i += len(kinds) {
		round := slices.Clone(one[i : i+len(kinds)])
		if slices.Sort(round); !slices.Equal(round, []string{"kill", "restart", "terminate"}) {
			t.Errorf("a round is %v", round)
		}
	}
	if again := order(1); !slices.Equal(one, again) {
		t.Errorf("the same seed gives %v and %v", one, again)
	}
}

// Runs that share a plan go on in its order: none is too short for a kind to have its turn.
func TestDisturbGoesOn(t *testing.T) {
	kinds := []Kind{Kill, Restart, Pause, Terminate}
	order := func(runs, calls int) []string {
		plan, all := &Plan{Kinds: kinds, Seed: 11}, []string{}
		for range runs {
			l := &log{}
			if err := disturbed(t, plan, l, calls); err != nil {
				t.Fatal(err)
			}
			all = append(all, l.all...)
		}
		if missing := plan.Missing(); len(missing) > 0 {
			t.Errorf("%v never happened", missing)
		}
		return slices.DeleteFunc(all, func(s string) bool { return !slices.Contains(kinds, Kind(s)) })
	}
	short := order(8, 1) // a run ends with the first thing that is done to the server
	for i := 0; i+len(kinds) <= len(short); i += len(kinds) {
		round := slices.Clone(short[i : i+len(kinds)])
		if slices.Sort(round); !slices.Equal(round, []string{"kill", "pause", "restart", "terminate"}) {
			t.Errorf("a round over several runs is %v", round)
		}
	}
	if long := order(1, 14); !slices.Equal(long[:8], short) {
		t.Errorf("the order is %v in short runs and %v in a long one", short, long)
	}
}

// A kind of which nothing happened is missing, also where there was nothing that it could happen to.
func TestMissing(t *testing.T) {
	plan := &Plan{Kinds: []Kind{Kill, Terminate}, Interval: time.Microsecond}
	if got := plan.Missing(); !slices.Equal(got, plan.Kinds) {
		t.Errorf("before any run %v is missing", got)
	}
	l := &nobody{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	plan.Server, plan.Database = l, l
	l.asked = func() { cancel() }
	if err := plan.Disturb(ctx, l); err != nil {
		t.Fatal(err)
	}
	if got := plan.Missing(); !slices.Contains(got, Terminate) || slices.Contains(l.all, "terminate") {
		t.Errorf("without sessions %v is missing, and what happened is %v", got, l.all)
	}
}

// nobody is a run without a client that is connected.
type nobody struct {
	log
	asked func()
}

func (n *nobody) Sessions() []int64 { n.asked(); return nil }

func TestDisturbMovesTheProxy(t *testing.T) {
	p := newProxy(t)
	if err := disturbed(t, &Plan{Kinds: []Kind{Kill}, Proxy: p}, &log{}, 2); err != nil {
		t.Fatal(err)
	}
	if p.moved["a:1"] != "a:2" {
		t.Errorf("the proxy knows %v", p.moved)
	}
}

func TestDisturbErrors(t *testing.T) {
	for _, test := range []struct{ kind, fails, want string }{
		{"kill", "Revive", "fault kill: starting the server again: it failed"},
		{"restart", "Shutdown", "fault restart: ending the server: it failed"},
		{"pause", "Resume", "fault pause: it failed"},
		{"terminate", "Terminate 7", "fault terminate: it failed"},
		{"latency", "", "fault latency: there is no proxy between clients and server"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			l := &log{fail: test.fails}
			err := disturbed(t, &Plan{Kinds: []Kind{Kind(test.kind)}}, l, 5)
			if err == nil || err.Error() != test.want {
				t.Errorf("the error is %v, not %q", err, test.want)
			}
			if test.fails == "Shutdown" && !slices.Contains(l.all, "Revive") {
				t.Error("the server was left as it was")
			}
		})
	}
}
