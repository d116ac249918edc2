package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
)

// setReplica understands the DSN of a replica. The server, and the levels, are understood already.
func (p *plan) setReplica(dsn string, levelMix []string) error {
	if dsn = strings.TrimSpace(dsn); dsn == "" {
		return nil
	}
	of := databaseOf(dsn)
	switch {
	case p.dsn == "":
		return usagef("--replica-dsn is for a server that runs already, and has a replica: say --dsn too; one that isocheck starts has none")
	case of == "":
		return usagef("--replica-dsn: not a form that isocheck knows; write %s", dsnForms)
	case (of == postgreSQL) != (p.database == postgreSQL):
		return usagef("--replica-dsn is for %s, but the server is %s", of, p.database)
	}
	if err := readDSN(of, dsn); err != nil {
		return usagef("--replica-dsn: %v", err)
	}
	for _, level := range p.levels {
		if len(levelMix) == 0 && !databases.ReplicaRuns(p.database, level) {
			return usagef("--replica-dsn: a replica of %s runs no transactions at %s; leave that level out", p.database, level)
		}
	}
	p.replicaDSN = dsn
	return nil
}

// openReplica prepares the replica, and makes sure that it is there.
func (m *measurement) openReplica(namespace string) error {
	dsn := m.plan.replicaDSN
	if dsn == "" {
		return nil
	}
	var err error
	if m.plan.database == postgreSQL {
		m.replica, err = postgres.Open(dsn, namespace)
	} else {
		m.replica, err = mysql.Open(dsn, namespace)
	}
	if err != nil {
		return fmt.Errorf("the replica: %w", err)
	}
	ctx, cancel := context.WithTimeout(m.stops.soft, connectTime)
	defer cancel()
	server, err := m.replica.Server(ctx)
	if err != nil {
		return fmt.Errorf("the replica: %w", err)
	}
	m.show.say("What only reads runs on the replica, %s %s", server.Name, server.Version)
	return nil
}
