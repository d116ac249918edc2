package provision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// initializeMySQL makes a data folder with the server's own bootstrap, and the
// user root with its password.
func initializeMySQL(ctx context.Context, l *launch) error {
	first, err := l.ownFile("first.sql", rootUser("ALTER", "localhost", l.password)+rootUser("CREATE", "127.0.0.1", l.password)+
		"GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n")
	if err != nil {
		return err
	}
	defer os.Remove(first)
	// The folder is new and the server is stopped in order: it needs no care for
	// crashes while it is made. The server itself runs with its defaults.
	return l.run(ctx, "", l.binary.path, "--no-defaults", "--initialize-insecure", "--datadir="+l.path("data"),
		"--tmpdir="+l.path("tmp"), "--secure-file-priv=", "--init-file="+first, noCertificates,
		"--innodb-flush-method=nosync", "--innodb-doublewrite=OFF", "--innodb-use-native-aio=OFF")
}

// rootUser is the statement that gives a root user its password.
func rootUser(verb, host, password string) string {
	return fmt.Sprintf("%s USER 'root'@'%s' IDENTIFIED BY '%s';\n", verb, host, password)
}

// initializeMariaDB makes the system tables with the server's bootstrap mode, as
// mariadb-install-db does, but without its help texts, its test database and
// its look at the machine's host name.
func initializeMariaDB(ctx context.Context, l *launch) error {
	share, err := mariadbShare(l.binary.path)
	if err != nil {
		return err
	}
	var sql strings.Builder
	sql.WriteString("CREATE DATABASE IF NOT EXISTS mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n")
	for _, name := range []string{"mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"} {
		text, err := os.ReadFile(filepath.Join(share, name))
		if err != nil {
			return fmt.Errorf("reading the system tables: %w", err)
		}
		sql.Write(text)
		sql.WriteString("\n")
	}
	sql.WriteString("FLUSH PRIVILEGES;\n" + rootUser("ALTER", "localhost", l.password) +
		rootUser("CREATE OR REPLACE", "127.0.0.1", l.password) + "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n")
	return l.run(ctx, sql.String(), l.binary.path, "--no-defaults", "--bootstrap", "--silent-startup", "--log-warnings=0",
		"--datadir="+l.path("data"), "--tmpdir="+l.path("tmp"), "--lc-messages-dir="+share, "--lc-messages=en_US",
		"--max-allowed-packet=8M", "--net-buffer-length=16K")
}

// mariadbShare returns the folder of the SQL files of a server's binary.
func mariadbShare(path string) (string, error) {
	base := filepath.Dir(filepath.Dir(path))
	for _, name := range []string{"share/mysql", "share/mariadb", "share"} {
		share := filepath.Join(base, name)
		if _, err := os.Stat(filepath.Join(share, "mysql_system_tables.sql")); err == nil {
			return share, nil
		}
	}
	return "", errors.New("no mysql_system_tables.sql beside " + path)
}

// noCertificates saves the making of TLS certificates, which takes a third of a
// second, and which a server on loopback does not need.
const noCertificates = "--loose-auto-generate-certs=OFF"

// mysqlArguments start a MySQL server on loopback only.
func mysqlArguments(l *launch) []string {
	return append(mariadbArguments(l), "--loose-mysqlx=OFF", noCertificates)
}

// mariadbArguments are those that MySQL and MariaDB share.
func mariadbArguments(l *launch) []string {
	return []string{
		"--no-defaults",
		"--datadir=" + l.path("data"),
		"--tmpdir=" + l.path("tmp"),
		"--socket=" + l.path("tmp/socket"),
		"--pid-file=" + l.path("tmp/pid"),
		fmt.Sprintf("--port=%d", l.port),
		"--bind-address=127.0.0.1",
		"--skip-name-resolve",
		"--secure-file-priv=",
		fmt.Sprintf("--max-connections=%d", connections),
	}
}
