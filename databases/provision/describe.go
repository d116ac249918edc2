package provision

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
)

// describePostgres asks a PostgreSQL server for its version.
func describePostgres(ctx context.Context, dsn string) (identity, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return identity{}, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return identity{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version string
	if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
		return identity{}, fmt.Errorf("asking for its version: %w", err)
	}
	return identity{"postgres", versionInText.FindString(version)}, nil
}

// describeMySQL asks a MySQL or MariaDB server which of them it is.
func describeMySQL(ctx context.Context, dsn string) (identity, error) {
	config, err := mysqlConfig(dsn)
	if err != nil {
		return identity{}, err
	}
	config.Logger = silent{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return identity{}, err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return identity{}, err
	}
	id := identity{"mysql", versionInText.FindString(version)}
	if strings.Contains(version, "MariaDB") {
		id.product = "mariadb"
	}
	return id, nil
}

// silent is a logger for a driver that would write to standard error what it
// also returns.
type silent struct{}

func (silent) Print(...any) {}
