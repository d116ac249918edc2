package provision

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// connections is how many connections a started server takes at least.
const connections = 300

// initializePostgres makes a data folder with initdb. Only the making of the
// folder goes without fsync: the server itself runs with its defaults.
func initializePostgres(ctx context.Context, l *launch) error {
	password, err := l.ownFile("password", l.password+"\n")
	if err != nil {
		return err
	}
	defer os.Remove(password)
	initdb := filepath.Join(filepath.Dir(l.binary.path), "initdb")
	return l.run(ctx, "", initdb, "--pgdata="+l.path("data"), "--username="+l.product.user,
		"--pwfile="+password, "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync")
}

// postgresArguments start the server on loopback only.
func postgresArguments(l *launch) []string {
	return []string{
		"-D", l.path("data"),
		"-p", strconv.Itoa(l.port),
		"-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=",
		"-c", fmt.Sprintf("max_connections=%d", connections),
	}
}
