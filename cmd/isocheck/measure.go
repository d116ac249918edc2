package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision"
	"github.com/isocheck/isocheck/harness/faults"
	"github.com/isocheck/isocheck/reports"
)

// measurement is what goes on between the flags and the report: a server, and a
// run for each level and workload.
type measurement struct {
	app    *app
	plan   *plan
	id     string // of the run
	folder *folder
	stops  *interrupts
	show   *screen
	report *reports.Report
	// then is done with the server instead of all runs of the plan, where it is not nil.
	then func() error
	// failures are what kept the run from doing all that it was asked.
	failures []error

	server   *provision.Server
	database databases.Database
	info     databases.Server
	// replica is where what only reads runs; nil where the plan has none.
	replica databases.Database
	// faults disturb the runs, one after the other; nil where the plan has none.
	faults *faults.Plan
}

// errStopped says that the user stopped the run.
var errStopped = incompletef("stopped before the end, so a run without a violation is inconclusive")

// measure does what the plan says and reports what was found.
func (a *app) measure(ctx context.Context, p *plan) error {
	started := time.Now()
	var err error
	if a.outputs, err = a.parseOutputs(p.report, true); err != nil {
		return err
	}
	out, err := makeFolder(p.out, folderName(started, p), freeDisk)
	if err != nil {
		return err
	}
	defer out.removeIfEmpty()
	kept, err := out.removeOldRun(reportFile, findingsFile, junitFile, summaryFile, serverLog, serverDSN)
	if err != nil {
		return err
	}
	m := &measurement{
		app: a, plan: p, id: newRunID(started), folder: out, show: newScreen(a, p.screen),
		report: &reports.Report{Title: p.title(), Command: a.rerun(a.drawn(p.seed)...), Started: started, Isocheck: isocheckVersion()},
	}
	if !p.shard.one() {
		m.id = p.shard.run
	}
	tellKept(m.show, kept)
	m.stops = catchSignals(ctx, m.noteSignal)
	defer m.stops.release()

	m.fail(m.withServer())
	m.report.Took = time.Since(started)
	if m.stops.hard.Err() != nil {
		a.status = a.status.worse(inconclusive)
		return nil
	}
	err = a.conclude(m.report, out, m.show, p.screen, m.failures)
	return errors.Join(err, a.holdAgainst(p, m.report, out))
}

// newRunID returns the id of a run that starts now. It is part of the names of
// schemas, so it has only digits, lower-case letters and underscores.
func newRunID(now time.Time) string {
	random := make([]byte, 3)
	_, _ = rand.Read(random) // never fails
	return now.UTC().Format("20060102_150405_") + hex.EncodeToString(random)
}

func (m *measurement) noteSignal(second bool) {
	if second {
		m.show.line("Stopping at once; nothing more is checked")
		return
	}
	m.show.line("Stopping; what was recorded is checked and reported (again to stop at once)")
}

// announce says on what, and how, the runs are done.
func (m *measurement) announce() {
	p := m.plan
	if len(p.leftOut) > 0 {
		m.show.say("Left out, because they have no strategy %s: %s", p.workloads[0].strategy, joined(p.leftOut))
	}
	if len(p.lacking) > 0 {
		m.show.say("Left out, because %s has no such thing: %s", m.info.Name, joined(p.lacking))
	}
	if m.then != nil && p.duration == 0 {
		m.show.say("%s %s (%s), run %s", m.info.Name, m.info.Version, m.server.Via, m.id)
		return
	}
	m.show.say("%s %s (%s): %s, %v for each workload and level, seed %d, run %s",
		m.info.Name, m.info.Version, m.server.Via, numbered(p.clients, "client"), p.duration, p.seed, m.id)
}

// fail notes a failure; nil is none.
func (m *measurement) fail(err error) {
	if err != nil {
		m.failures = append(m.failures, err)
	}
}

// withServer gets the server, does the runs on it, and stops it.
func (m *measurement) withServer() error {
	p := m.plan
	if err := m.askProduct(); err != nil {
		return m.orStopped(err)
	}
	var err error
	m.server, err = provision.Start(m.stops.soft, provision.Options{
		Database: p.database, Version: p.version, Via: p.via, DSN: p.dsn, Image: p.image, BinDir: p.binDir,
		LogPath: m.folder.file(serverLog), Run: m.id, Keep: p.keep, UnsafeDurability: p.faults.unsafe,
		Progress: func(line string) { m.show.say("%s", line) },
	})
	if err != nil {
		return m.orStopped(err)
	}
	defer func() { m.fail(m.releaseServer()) }()

	namespace := "isocheck_" + m.id
	m.database, err = openDatabase(m.server, namespace)
	if err != nil {
		return err
	}
	proxy, err := m.disturbance()
	if err != nil {
		return err
	}
	if proxy != nil {
		defer func() { _ = proxy.Close() }()
	}
	if m.info, err = m.database.Server(m.stops.soft); err != nil {
		return m.orStopped(fmt.Errorf("asking the server what it is: %w", err))
	}
	if err := m.openReplica(namespace); err != nil {
		return m.orStopped(err)
	}
	m.announce()
	if err := m.enterNamespace(namespace); err != nil {
		return m.orStopped(err)
	}
	defer m.dropNamespace(namespace)
	all := m.runAll
	if m.then != nil {
		all = m.then
	}
	if err := all(); err != nil {
		return err
	}
	return m.missingFaults()
}

// askProduct asks the server that a DSN names whether it is MySQL or MariaDB,
// where the user did not say.
func (m *measurement) askProduct() error {
	if !m.plan.guessed {
		return nil
	}
	db, err := mysql.Open(m.plan.dsn, "isocheck_"+m.id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(m.stops.soft, connectTime)
	defer cancel()
	server, err := db.Server(ctx)
	if err != nil {
		return err
	}
	m.plan.database = server.Product
	return nil
}

// orStopped returns the error, or errStopped where the user's stop is its cause.
func (m *measurement) orStopped(err error) error {
	if m.stops.soft.Err() != nil {
		return errStopped
	}
	return err
}

// openDatabase returns the database at the server. Everything that it makes is in the namespace.
func openDatabase(s *provision.Server, namespace string) (databases.Database, error) {
	if s.Database == postgreSQL {
		return postgres.Open(s.DSN, namespace)
	}
	return mysql.Open(s.DSN, namespace)
}

// connectTime bounds how long a server may take to answer, and dropTime and
// stopTime how long it may take to clean up.
const (
	connectTime = 8 * time.Second
	dropTime    = 10 * time.Second
	stopTime    = 30 * time.Second
)

// dropNamespace removes what this run made in a server that goes on without it.
func (m *measurement) dropNamespace(namespace string) {
	if m.plan.keep || m.server.Via != provision.Given {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), dropTime)
	defer cancel()
	if err := m.database.DropNamespace(ctx); err != nil {
		m.show.line("%s could not be removed and is still there: %v", namespace, err)
	}
}

// releaseServer stops a server that was started, or says how to go on with it.
func (m *measurement) releaseServer() error {
	if m.plan.keep {
		m.sayKept()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	if err := m.server.Stop(ctx); err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	return nil
}

// sayKept says how to go on with what --keep left. The password of a server that
// was started goes to a file that only its owner may read, not to the screen.
func (m *measurement) sayKept() {
	if m.server.Via == provision.Given {
		m.show.line("Kept: isocheck_%s", m.id)
		return
	}
	m.show.line("Kept running: %s", databases.Redact(m.server.DSN))
	err := m.folder.write(serverDSN, 0o600, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, m.server.DSN)
		return err
	})
	if err == nil {
		m.show.line("  password: in %s", m.folder.file(serverDSN))
	} else {
		m.show.line("  password: %v", err)
	}
	m.show.line("  tables: isocheck_%s", m.id)
	m.show.line("  stop it: %s", m.server.StopCommand)
}
