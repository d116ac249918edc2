package main

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/harness"
	"github.com/isocheck/isocheck/history"
)

// shardFlags say that a run goes on in several processes.
type shardFlags struct {
	shard, run string
	wait       time.Duration
}

func (f *shardFlags) register(set *pflag.FlagSet) {
	inGroup(set, "How to spread it over machines", func(set *pflag.FlagSet) {
		set.StringVar(&f.shard, "shard", "", "`I/N`: be the I-th, from 0, of N processes that run clients against one --dsn; shard 0 makes the tables")
		set.StringVar(&f.run, "run-id", "", "`ID` of the run, the same in all its shards and new for each run: letters, digits, - and _")
		set.DurationVar(&f.wait, "shard-wait", harness.DefaultPatience, "longest `TIME` to wait for the other shards")
	})
}

// shardPlan is which part of a run this process is; the zero shardPlan is all of it.
type shardPlan struct {
	index, of int
	run       string
	wait      time.Duration
}

var runIDs = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)

// setShard understands the flags of shards. The server is known to be given by a DSN or not.
func (p *plan) setShard(f *flags) error {
	s := &f.shards
	if s.shard == "" {
		if s.run != "" {
			return usagef("--run-id names the run of several shards; say also which one this is: --shard 0/3")
		}
		if f.knobs.given["shard-wait"] {
			return usagef("--shard-wait: which of the shards is this? Say also --shard 0/3")
		}
		return nil
	}
	index, of, ok := strings.Cut(s.shard, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	switch {
	case !ok || err != nil || err2 != nil || n < 1 || i < 0 || i >= n:
		return usagef("--shard %s: write I/N, I from 0 to N-1, such as 0/3, 1/3 and 2/3", s.shard)
	case p.dsn == "":
		return usagef("--shard takes the --dsn of a server that all shards can reach; one that isocheck starts is this process's own")
	case !runIDs.MatchString(s.run):
		return usagef("--shard takes --run-id ID, the same in all shards of a run: at most 40 letters, digits, - and _; %q is not that", s.run)
	case n*p.clients > history.MaxClient:
		return usagef("--shard %s: %d shards of %d clients are more than %d clients", s.shard, n, p.clients, history.MaxClient)
	case s.wait <= 0:
		return usagef("--shard-wait: %v is not a time to wait; try %v", s.wait, harness.DefaultPatience)
	}
	p.shard = shardPlan{index: i, of: n, wait: s.wait, run: strings.ToLower(strings.ReplaceAll(s.run, "-", "_"))}
	if !f.seedGiven { // all shards must draw the same
		h := fnv.New64a()
		_, _ = h.Write([]byte(p.shard.run)) // never fails
		p.seed, f.seedGiven = h.Sum64()>>11, true
	}
	p.probes = false // they would meet in the same tables
	return nil
}

// one reports whether this process is the whole run.
func (s *shardPlan) one() bool { return s.of == 0 }

// part names this process's part of a history's file, "" if it is all.
func (s *shardPlan) part() string {
	if s.one() {
		return ""
	}
	return fmt.Sprintf("-shard-%d-of-%d", s.index, s.of)
}

// shardOf returns what the task's shards need, nil where this process is the whole run.
func (m *measurement) shardOf(t task) *harness.Shards {
	s := &m.plan.shard
	if s.one() {
		return nil
	}
	meeting, _ := m.database.(databases.Meeting) // harness.Run refuses to do without
	return &harness.Shards{Index: s.index, Of: s.of, Meeting: meeting, Task: t.String(), Patience: s.wait}
}

// enterNamespace makes the schema or database of the run and, in it, the place
// where its shards meet. Shards but the first wait for that instead.
func (m *measurement) enterNamespace(namespace string) error {
	s := &m.plan.shard
	if s.index > 0 {
		return nil
	}
	if err := m.database.CreateNamespace(m.stops.soft); err != nil {
		return fmt.Errorf("making %s to work in: %w", namespace, err)
	}
	if meeting, ok := m.database.(databases.Meeting); ok && !s.one() {
		return meeting.OpenMeeting(m.stops.soft)
	}
	return nil
}

// recordedShard says what was recorded: one shard alone is not judged.
func (m *measurement) recordedShard(t task, result harness.Result) {
	m.show.say("%s: shard %d of %d is recorded, %d committed", t, m.plan.shard.index, m.plan.shard.of, result.Totals.Committed)
	if t.number == t.total {
		m.show.line("Recorded in %s. Check the files of all shards together: isocheck check FOLDER FOLDER …", m.folder.path)
	}
}
