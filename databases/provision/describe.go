package provision

import (
	"context"

	"github.com/isocheck/isocheck/databases"
	"github.com/isocheck/isocheck/databases/mysql"
	"github.com/isocheck/isocheck/databases/postgres"
)

// unused is a namespace that nothing is made in: a server is only asked what it is.
const unused = "isocheck"

// describePostgres asks a PostgreSQL server what it is.
func describePostgres(ctx context.Context, dsn string) (databases.Server, error) {
	db, err := postgres.Open(dsn, unused)
	if err != nil {
		return databases.Server{}, err
	}
	return db.Server(ctx)
}

// describeMySQL asks a MySQL or MariaDB server which of them it is.
func describeMySQL(ctx context.Context, dsn string) (databases.Server, error) {
	db, err := mysql.Open(dsn, unused)
	if err != nil {
		return databases.Server{}, err
	}
	return db.Server(ctx)
}
