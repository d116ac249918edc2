package reports

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/isocheck/isocheck/checker"
	"github.com/isocheck/isocheck/history"
)

const ms = int64(time.Millisecond)

// statementTexts returns those of the fixtures, as PostgreSQL's dialect has them.
func statementTexts() []string {
	return []string{
		"SELECT id, n, version, previous FROM counters WHERE id = {key}",
		"UPDATE counters SET n = {set.0}, previous = version, version = {version} WHERE id = {key} RETURNING id, previous",
		"SELECT id, grp, val, version, previous FROM members WHERE grp = {where.0} ORDER BY id",
		"INSERT INTO members (id, grp, val, version, previous) VALUES ({key}, {set.0}, {set.1}, {version}, 0) RETURNING id, previous",
	}
}

func counters() history.Table {
	return history.Table{Name: "counters", Columns: []history.Column{{Name: "n", Type: history.Int}}}
}

func members() history.Table {
	return history.Table{Name: "members", Columns: []history.Column{{Name: "grp", Type: history.Int}, {Name: "val", Type: history.Int}}, Indexes: []int{0}}
}

// version is what the op-th operation of a client's transaction wrote.
func version(client, number, op int) history.Version {
	return history.MakeTxnID(client, number).Version(op)
}

func readOp(start, took, key, n int64, v history.Version) history.Op {
	return history.Op{
		Kind: history.Read, Key: key, Start: start, End: start + took, Statement: 0,
		Rows: []history.Row{{Key: key, Version: v, Values: []history.Value{history.IntValue(n)}}},
	}
}

func writeOp(start, took, key, n int64, v, previous history.Version) history.Op {
	return history.Op{
		Kind: history.Update, Key: key, Start: start, End: start + took, Statement: 1,
		Set:  []history.Assign{{Value: history.IntValue(n)}},
		Rows: []history.Row{{Key: key, Version: v, Previous: previous}},
	}
}

func groupOp(start, took, group int64, rows ...history.Row) history.Op {
	return history.Op{
		Kind: history.ReadWhere, Start: start, End: start + took, Statement: 2, Rows: rows,
		Where: history.Predicate{{Column: 0, Value: history.IntValue(group)}},
	}
}

func member(key, group, val int64, v history.Version) history.Row {
	return history.Row{Key: key, Version: v, Values: []history.Value{history.IntValue(group), history.IntValue(val)}}
}

func insertOp(start, took, key, group, val int64, v history.Version) history.Op {
	return history.Op{
		Kind: history.Insert, Key: key, Start: start, End: start + took, Statement: 3,
		Set:  []history.Assign{{Column: 0, Value: history.IntValue(group)}, {Column: 1, Value: history.IntValue(val)}},
		Rows: []history.Row{{Key: key, Version: v}},
	}
}

// lostUpdate is two increments of counter 3, of which one is lost: the second write waited for the first commit.
func lostUpdate() checker.Witness {
	old, first, second := version(2, 411, 1), version(5, 402, 1), version(1, 417, 1)
	t0 := 1203 * ms
	return checker.Witness{
		Sentence:  "T1 read counters 3, T2 then changed it, and T1 overwrote that change without having seen it.",
		Violation: true,
		Transactions: []history.Transaction{
			{
				Client: 1, Number: 417, Name: "increment", Start: t0, Finish: t0 + 9300_000, End: t0 + 9900_000, Outcome: history.Committed,
				Ops: []history.Op{readOp(t0+210_000, 240_000, 3, 41, old), writeOp(t0+4100_000, 5000_000, 3, 42, second, first)},
			},
			{
				Client: 5, Number: 402, Name: "increment", Start: t0 + 600_000, Finish: t0 + 8200_000, End: t0 + 8900_000, Outcome: history.Committed,
				Ops: []history.Op{readOp(t0+800_000, 190_000, 3, 41, old), writeOp(t0+2700_000, 310_000, 3, 42, first, old)},
			},
		},
		Edges: []checker.Edge{
			{From: 0, To: 1, Kind: checker.RW, Key: 3, FromOp: 0, ToOp: 1, Seen: old, Written: first, Text: "T2 overwrote counters 3, which T1 had read"},
			{From: 1, To: 0, Kind: checker.WW, Key: 3, FromOp: 1, ToOp: 1, Seen: first, Written: second, Text: "T1 overwrote what T2 had written to counters 3"},
		},
	}
}

// predicateSkew is two transactions that count a group each and insert into the other's.
func predicateSkew() checker.Witness {
	a, b := version(3, 88, 2), version(4, 91, 2)
	old := version(0, 1, 3)
	t0 := 640 * ms
	return checker.Witness{
		Sentence: "T1 and T2 each read a group by a predicate and then changed which rows match the other's; neither saw the other's change.",
		Transactions: []history.Transaction{
			{
				Client: 3, Number: 88, Name: "join-other", Start: t0, Finish: t0 + 5200_000, End: t0 + 5900_000, Outcome: history.Committed,
				Ops: []history.Op{
					groupOp(t0+200_000, 300_000, 1, member(1, 1, 0, old), member(5, 1, 4, version(2, 40, 1))),
					groupOp(t0+900_000, 250_000, 2),
					insertOp(t0+2200_000, 400_000, 3000088, 2, 7, a),
				},
			},
			{
				Client: 4, Number: 91, Name: "join-other", Start: t0 + 500_000, Finish: t0 + 4100_000, End: t0 + 4700_000, Outcome: history.Committed,
				Ops: []history.Op{
					groupOp(t0+700_000, 260_000, 2),
					groupOp(t0+1300_000, 210_000, 1, member(1, 1, 0, old), member(5, 1, 4, version(2, 40, 1))),
					insertOp(t0+2900_000, 330_000, 4000091, 1, 2, b),
				},
			},
		},
		Edges: []checker.Edge{
			{From: 0, To: 1, Kind: checker.PredicateRW, Key: 4000091, FromOp: 0, ToOp: 2, Written: b, Text: "T2 inserted members 4000091, which matches T1's predicate grp = 1, and T1 did not see it"},
			{From: 1, To: 0, Kind: checker.PredicateRW, Key: 3000088, FromOp: 0, ToOp: 2, Written: a, Text: "T1 inserted members 3000088, which matches T2's predicate grp = 2, and T2 did not see it"},
		},
	}
}

// dirtyRead is a read of what a transaction wrote that rolled back, with a deadlock in the third.
func dirtyRead() checker.Witness {
	old, dirty := version(1, 7, 1), version(2, 9, 1)
	t0 := 88 * ms
	return checker.Witness{
		Sentence: "T2 read counters 1 as T1 had written it, and T1 aborted.",
		Transactions: []history.Transaction{
			{
				Client: 2, Number: 9, Name: "increment", Start: t0, Finish: t0 + 2600_000, End: t0 + 2900_000, Outcome: history.Aborted,
				Ops: []history.Op{readOp(t0+150_000, 180_000, 1, 6, old), writeOp(t0+600_000, 220_000, 1, 7, dirty, old)},
			},
			{
				Client: 6, Number: 8, Name: "read", Start: t0 + 700_000, Finish: t0 + 1900_000, End: t0 + 2000_000, Outcome: history.Committed,
				Ops: []history.Op{readOp(t0+1100_000, 200_000, 1, 7, dirty)},
			},
		},
		Edges: []checker.Edge{{From: 0, To: 1, Kind: checker.WR, Key: 1, FromOp: 1, ToOp: 0, Seen: dirty, Written: dirty, Text: "T2 read what T1 had written to counters 1"}},
	}
}

// longFork has four transactions, one of which failed a statement, and one whose commit nobody answered.
func longFork() checker.Witness {
	w := checker.Witness{Sentence: "T2 and T4 saw the writes of T1 and T3 in opposite orders.", Violation: true}
	t0 := 300 * ms
	for n := range 4 {
		start := t0 + int64(n)*400_000
		client := n + 1
		t := history.Transaction{Client: client, Number: 50, Name: "transfer", Start: start, Finish: start + 3000_000, End: start + 3500_000, Outcome: history.Committed}
		if n%2 == 0 {
			t.Ops = []history.Op{writeOp(start+100_000, 300_000, int64(n+1), 10, version(client, 50, 0), version(0, 1, n))}
		} else {
			t.Ops = []history.Op{
				readOp(start+150_000, 90_000, 1, int64(n), version(1, 50, 0)),
				readOp(start+900_000, 110_000, 3, 0, version(0, 1, 2)),
			}
		}
		w.Transactions = append(w.Transactions, t)
	}
	w.Transactions[2].Outcome = history.Indeterminate
	w.Transactions[2].Error = &history.Error{Class: history.ConnectionLost, Message: "server closed the connection unexpectedly"}
	kinds := []checker.EdgeKind{checker.WR, checker.RW, checker.WR, checker.RW}
	texts := []string{"T2 read what T1 had written to counters 1", "T3 overwrote counters 3, which T2 had read", "T4 read what T3 had written to counters 3", "T1 overwrote counters 1, which T4 had read"}
	for n := range 4 {
		to := (n + 1) % 4
		fromOp, toOp := 0, 0
		if kinds[n] == checker.RW {
			fromOp = 1
		}
		w.Edges = append(w.Edges, checker.Edge{From: n, To: to, Kind: kinds[n], Key: []int64{1, 3, 3, 1}[n], FromOp: fromOp, ToOp: toOp, Text: texts[n]})
	}
	return w
}

// catalogue is every anomaly, with the names that the checker gives them.
func catalogue() []checker.Anomaly {
	return []checker.Anomaly{
		{ID: checker.DirtyWrite, Class: "G0", Name: "dirty write"},
		{ID: checker.DirtyRead, Class: "G1a", Name: "dirty read (aborted read)", Definition: "A committed transaction read what a transaction had written that aborted."},
		{ID: checker.IntermediateRead, Class: "G1b", Name: "intermediate read"},
		{ID: checker.CircularFlow, Class: "G1c", Name: "circular information flow"},
		{ID: checker.FracturedRead, Class: "OTV", Name: "fractured read"},
		{ID: checker.LostUpdate, Class: "G-single", Name: "lost update", Definition: "Two transactions read the same version of a row and both replaced it, so that one change is lost.", Source: "Berenson et al., A Critique of ANSI SQL Isolation Levels (1995), P4"},
		{ID: checker.NonRepeatableRead, Class: "G-single", Name: "non-repeatable read"},
		{ID: checker.Phantom, Class: "G-single", Name: "phantom"},
		{ID: checker.ReadSkew, Class: "G-single", Name: "read skew"},
		{ID: checker.LongFork, Class: "G-nonadjacent", Name: "long fork", Definition: "Two readers saw two writes in opposite orders.", Source: "https://jepsen.io/consistency/phenomena/long-fork"},
		{ID: checker.WriteSkew, Class: "G2-item", Name: "write skew"},
		{ID: checker.PredicateWriteSkew, Class: "G2", Name: "predicate write skew", Definition: "Transactions read by predicates and then changed what the others' predicates match.", Source: "Adya, Weak Consistency (1999), 4.2.2"},
	}
}

// findings makes findings of a run in which nothing was found.
func findings(database, serverVersion string, level history.Level, workload string, expect checker.Model, committed int) *checker.Findings {
	f := &checker.Findings{
		Header: history.Header{
			Format: 1, Isocheck: "0.1.0", Run: "k3v9", Database: database, ServerVersion: serverVersion, Level: level,
			Promise: string(expect), PromiseSource: "https://www.postgresql.org/docs/15/transaction-iso.html", Workload: workload, Strategy: "plain",
			Clients: 8, Seed: 20240917, Params: map[string]string{"abort share": "0.05", "pause": "2ms"},
			Settings: map[string]string{"level": string(level), "server_version": serverVersion, "default_transaction_isolation": "read committed"},
			Tables:   []history.Table{counters()}, Started: time.Date(2025, 3, 4, 10, 30, 0, 0, time.UTC),
		},
		Statements: statementTexts(), Closed: true,
		Counts:    checker.Counts{Committed: committed, Aborted: committed / 12, Operations: committed * 3, Objects: 10, Dependencies: committed * 4, Contended: committed / 3},
		Strongest: []checker.Model{"strong-" + checker.Serializable},
		Expected:  checker.Expectation{Model: expect, Source: "https://www.postgresql.org/docs/15/transaction-iso.html"},
		Anomalies: catalogue(), Verdict: checker.Kept,
	}
	if workload == "predicate" {
		f.Header.Tables = []history.Table{members()}
	}
	for i := range f.Anomalies {
		a := &f.Anomalies[i]
		a.Exercised = a.ID != checker.PredicateWriteSkew && a.ID != checker.Phantom || workload == "predicate"
	}
	return f
}

// find puts witnesses of one anomaly into the findings.
func find(f *checker.Findings, id checker.AnomalyID, count int, violation bool, witnesses ...checker.Witness) {
	a := &f.Anomalies[slices.IndexFunc(f.Anomalies, func(a checker.Anomaly) bool { return a.ID == id })]
	a.Count, a.Violation, a.Allowed, a.Exercised, a.Witnesses = count, violation, !violation, true, witnesses
	rng := rand.New(rand.NewPCG(uint64(count), 1))
	for range count {
		a.Times = append(a.Times, int64(rng.Float64()*9.6e9)+300*ms)
	}
	a.FirstAt = slices.Min(a.Times)
	if violation {
		a.Violations = count
		f.Verdict = checker.Violated
		f.Reasons = append(f.Reasons, a.Name+" was seen, and "+string(f.Expected.Model)+" rules it out")
	}
	for i := range a.Witnesses {
		a.Witnesses[i].Violation = violation
	}
}

// summary is how a run of ten seconds went.
func summary(committed int, errors map[history.ErrorClass]int) history.Summary {
	rng := rand.New(rand.NewPCG(7, uint64(committed)))
	s := history.Summary{Start: 40 * ms, Duration: 9960 * ms, BinWidth: 160 * ms, Setup: 2}
	s.Counts = history.Counts{
		Committed: committed, AbortedOnPurpose: committed / 25, Errors: errors, Operations: committed * 3,
		Latency: history.Latency{P50: 1900_000, P95: 5600_000, P99: 11 * ms, Max: 48 * ms},
	}
	s.Aborted = s.AbortedOnPurpose
	for n := range maps.Values(errors) {
		s.Aborted += n
	}
	for i := range 63 {
		wave := 1 + 0.12*math.Sin(float64(i)/5) + 0.1*(rng.Float64()-0.5)
		b := history.Bin{Start: int64(i) * s.BinWidth}
		b.Committed, b.Aborted = int(float64(committed)/62.5*wave), int(float64(s.Aborted)/62.5*wave*wave)
		if i == 62 { // the run ends within the last bin
			b.Committed, b.Aborted = b.Committed/2, b.Aborted/2
		}
		b.Latency = history.Latency{P50: int64(1.9e6 / wave), P95: int64(5.6e6 * wave), P99: int64(11e6 * (0.7 + 0.6*rng.Float64()))}
		b.Latency.Max = b.Latency.P99 * 3 / 2
		b.AbortedOnPurpose, b.Errors = b.Aborted, map[history.ErrorClass]int{}
		for class, n := range errors {
			b.Errors[class] = int(float64(n) / 62.5 * wave * wave)
			b.AbortedOnPurpose = max(0, b.AbortedOnPurpose-b.Errors[class])
		}
		s.Bins = append(s.Bins, b)
	}
	s.Rate = float64(committed) / 9.96
	return s
}

// counting is an invariant's result in which lost updates make the counter fall short.
func counting(violation bool) checker.InvariantResult {
	i := checker.InvariantResult{
		Name: "acknowledged increments", Checked: 1, Broken: 1, Expected: 20311, ExpectedMost: 20311, Actual: 18207, Explained: 2104,
		ExplainedBy: []checker.AnomalyID{checker.LostUpdate}, Violation: violation,
		Text: "the acknowledged increments make 20311, but the final value is 18207: -2104, of which lost updates explain -2104",
	}
	for n := range int64(60) {
		i.Points = append(i.Points, checker.InvariantPoint{At: n * 166 * ms, Value: n * 308, Want: n * 344})
	}
	return i
}

func report(runs ...Run) *Report {
	for i := range runs {
		if runs[i].History != "" {
			runs[i].Files = []string{runs[i].History}
		}
	}
	return &Report{
		Command: "isocheck --db postgres:15 --level all --seed 20240917", Started: time.Date(2025, 3, 4, 10, 30, 0, 0, time.UTC),
		Took: 24300 * time.Millisecond, Isocheck: "0.1.0", Runs: runs,
	}
}

// violatedRun is a counter at read committed that was held against snapshot isolation.
func violatedRun() Run {
	f := findings("postgres", "15.18", history.ReadCommitted, "counter", checker.SnapshotIsolation, 41203)
	f.Expected.Source = ""
	find(f, checker.LostUpdate, 2104, true, lostUpdate(), lostUpdate())
	find(f, checker.NonRepeatableRead, 312, true)
	f.Strongest, f.Weakest = []checker.Model{checker.MonotonicAtomicView}, []checker.Model{checker.ConsistentView, checker.CursorStability}
	f.Invariants = []checker.InvariantResult{counting(true)}
	return Run{
		Findings: f, History: "history-counter-read-committed.jsonl.zst",
		Summary: summary(41203, map[history.ErrorClass]int{history.Deadlock: 12}),
	}
}

// skewRun is the predicate workload at repeatable read: write skew is allowed.
func skewRun() Run {
	f := findings("postgres", "15.18", history.RepeatableRead, "predicate", checker.SnapshotIsolation, 38950)
	find(f, checker.PredicateWriteSkew, 873, false, predicateSkew())
	f.Strongest, f.Weakest = []checker.Model{"strong-" + checker.SnapshotIsolation}, []checker.Model{checker.Serializable}
	f.Invariants = []checker.InvariantResult{{Name: "a group read twice", Held: true, Checked: 11802, Text: "all of 11802 pairs of reads by one predicate in one transaction gave the same rows"}}
	return Run{
		Findings: f, History: "history-predicate-repeatable-read.jsonl.zst",
		Summary: summary(38950, map[history.ErrorClass]int{history.SerializationFailure: 3120, history.Deadlock: 4}),
	}
}

// cleanRun is the counter at serializable, where nothing was found.
func cleanRun() Run {
	f := findings("postgres", "15.18", history.Serializable, "counter", checker.Serializable, 29644)
	i := counting(false)
	i.Held, i.Broken, i.Actual, i.Expected, i.Explained, i.ExplainedBy = true, 0, 18207, 18207, 0, nil
	i.Text = "the final value is 18207, as the acknowledged increments make it"
	for n := range i.Points {
		i.Points[n].Want = i.Points[n].Value
	}
	f.Invariants = []checker.InvariantResult{i}
	return Run{
		Findings: f, History: "history-counter-serializable.jsonl.zst",
		Summary: summary(29644, map[history.ErrorClass]int{history.SerializationFailure: 9877, history.Deadlock: 211}),
	}
}

// dirtyRun is a counter on MySQL at read uncommitted, where dirty reads are allowed.
func dirtyRun() Run {
	f := findings("mysql", "9.7.4", history.ReadUncommitted, "counter", checker.ReadUncommitted, 14316)
	find(f, checker.DirtyRead, 96, false, dirtyRead())
	find(f, checker.LostUpdate, 2048, false, lostUpdate())
	f.Anomalies[5].AtLeast = true
	f.Strongest, f.Weakest = []checker.Model{checker.ReadUncommitted}, []checker.Model{checker.ReadCommitted}
	f.Invariants = []checker.InvariantResult{counting(false)}
	return Run{Findings: f, History: "history-counter-read-uncommitted.jsonl.zst", Summary: summary(14316, map[history.ErrorClass]int{history.Deadlock: 1404})}
}

// forkRun broke snapshot isolation, and lost its server on the way.
func forkRun() Run {
	f := findings("postgres", "15.18", history.RepeatableRead, "counter", checker.SnapshotIsolation, 9120)
	find(f, checker.LongFork, 3, true, longFork())
	f.Counts.Indeterminate = 2
	run := Run{Findings: f, History: "history-counter-repeatable-read.jsonl.zst", Summary: summary(9120, map[history.ErrorClass]int{history.ConnectionLost: 8})}
	run.Summary.Indeterminate = 2
	run.Events = []history.Event{{At: 6200 * ms, Kind: "server lost", Detail: "connection refused"}}
	return run
}

// shortRun is too short to say anything.
func shortRun() Run {
	f := findings("mariadb", "10.11.6", history.RepeatableRead, "counter", checker.InnoDBRepeatableRead, 31)
	f.Verdict, f.Closed = checker.Inconclusive, false
	f.Reasons = []string{"the history is cut off before its end", "only 31 transactions committed, and fewer than 100 say little"}
	return Run{Findings: f, History: "history-counter-repeatable-read.jsonl.zst", Summary: history.Summary{Counts: history.Counts{Committed: 31}}}
}

// reportCases are the reports that the golden files show.
func reportCases() map[string]*Report {
	all := report(violatedRun(), skewRun(), cleanRun(), dirtyRun(), shortRun())
	fork := report(forkRun())
	fork.Errors = []string{"the server was lost after 6.2 s: dial tcp 127.0.0.1:5432: connect: connection refused"}
	failed := report(Run{History: "history-bank-repeatable-read.jsonl.zst"})
	failed.Errors = []string{"no server could be had: docker did not answer; no postgres binary on PATH (try: apt-get install postgresql)"}
	return map[string]*Report{
		"violated": report(violatedRun()), "skew": report(skewRun()), "clean": report(cleanRun()),
		"short": report(shortRun()), "fork": fork, "failed": failed, "levels": all, "variants": report(variantRuns()...), "empty": {},
	}
}
