package main

import (
	"os"
	"strings"

	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
	"github.com/isocheck/isocheck/databases/provision"
)

// The databases that isocheck knows.
const (
	postgreSQL = "postgres"
	mySQL      = "mysql"
	mariaDB    = "mariadb"
)

func knownDatabases() []string { return []string{postgreSQL, mySQL, mariaDB} }

// setServer understands the flags that say where the server comes from.
func (p *plan) setServer(f *flags, environmentDSN string) error {
	p.dsn = strings.TrimSpace(f.dsn)
	if p.dsn == "" {
		p.dsn = strings.TrimSpace(environmentDSN)
	}
	if f.db == "" && p.dsn == "" {
		return usagef("which database? Say --db postgres, --db mysql or --db mariadb, or --dsn for a server that runs already; see isocheck --help")
	}
	if f.db != "" {
		if err := p.setDatabase(f.db); err != nil {
			return err
		}
	}
	if p.dsn != "" {
		return p.setDSN(f)
	}
	return p.setVia(f)
}

// setDatabase understands NAME[:VERSION].
func (p *plan) setDatabase(db string) error {
	if strings.Contains(db, "://") || strings.ContainsAny(db, "@=") {
		return usagef("--db takes a name, such as postgres or postgres:17; a server that runs already is for --dsn")
	}
	name, version, colon := strings.Cut(strings.TrimSpace(db), ":")
	if !contains(knownDatabases(), name) {
		return unknown("database", name, knownDatabases())
	}
	if colon && (version == "" || strings.Trim(version, "0123456789abcdefghijklmnopqrstuvwxyz.-_") != "") {
		return usagef("--db %s: %q is no version; write for example %s:17", db, version, name)
	}
	p.database, p.version = name, version
	return nil
}

// setDSN finds out which database the DSN is for, and that no flag contradicts it.
func (p *plan) setDSN(f *flags) error {
	of := databaseOf(p.dsn)
	switch {
	case of == "":
		return usagef("--dsn: not a form that isocheck knows; write %s", dsnForms)
	case p.database == "":
		p.database, p.guessed = of, of != postgreSQL
	case (p.database == postgreSQL) != (of == postgreSQL):
		return usagef("--db %s, but the DSN is for %s", p.database, of)
	}
	if err := readDSN(of, p.dsn); err != nil {
		return usagef("--dsn: %v", err)
	}
	for flag, value := range map[string]string{"image": f.image, "bin-dir": f.binDir} {
		if value != "" {
			return usagef("--%s is for a server that isocheck starts; with a DSN it starts none", flag)
		}
	}
	if f.via != "auto" {
		return usagef("--via %s is for a server that isocheck starts; with a DSN it starts none", f.via)
	}
	return nil
}

// dsnForms are the forms of DSN, as messages show them.
const dsnForms = `postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mariadb://USER@HOST:PORT/DATABASE;
for PostgreSQL also "host=HOST port=PORT user=USER dbname=DATABASE", with keys of libpq only, always a host, and quotes around blanks,
for MySQL and MariaDB also "USER:PASSWORD@tcp(HOST:PORT)/DATABASE"`

// databaseOf returns which database a DSN is for, by its form; "" when it has none of the known forms.
func databaseOf(dsn string) string {
	switch {
	case strings.HasPrefix(dsn, mariaDB+"://"):
		return mariaDB
	case postgres.HasForm(dsn):
		return postgreSQL
	case mysql.HasForm(dsn):
		return mySQL
	}
	return ""
}

// readDSN fails for a DSN that cannot be read. Nothing is sent.
func readDSN(database, dsn string) error {
	var err error
	if database == postgreSQL {
		_, err = postgres.Open(dsn, "isocheck")
	} else {
		_, err = mysql.Open(dsn, "isocheck")
	}
	return err
}

// setVia understands how the server is to be got. A flag that only one way
// looks at chooses that way.
func (p *plan) setVia(f *flags) error {
	ways := provision.Vias()
	p.via = provision.Via(f.via)
	if !contains(ways, p.via) {
		return unknown("way", f.via, texts(ways))
	}
	if f.image != "" {
		if p.via != provision.Auto && p.via != provision.Docker {
			return usagef("--image is for --via docker, not for --via %s", p.via)
		}
		p.via = provision.Docker
	}
	if f.binDir != "" {
		if p.via != provision.Auto && p.via != provision.Local {
			return usagef("--bin-dir is for --via local, not for --via %s (and not with --image)", p.via)
		}
		if info, err := os.Stat(f.binDir); err != nil || !info.IsDir() {
			return usagef("--bin-dir %s: no such folder", f.binDir)
		}
		p.via = provision.Local
	}
	if p.via == provision.Download && p.database != postgreSQL {
		return usagef("--via download is for postgres only; for %s use docker or local", p.database)
	}
	return nil
}
