package mysql

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	driver "github.com/go-sql-driver/mysql"
)

var errDSN = errors.New("it should look like mysql://user:password@host:port/database or user:password@tcp(host:port)/database, " +
	"where special characters in a URL's password are percent-encoded")

// parseDSN reads either form of DSN. Its errors never quote the DSN: what the
// parsers say may hold a part of a password that was not escaped.
func parseDSN(dsn string) (*driver.Config, error) {
	if dsn == "" {
		return nil, errDSN // the driver would take a server on this machine
	}
	rest, isURL := cutScheme(dsn)
	var config *driver.Config
	var err error
	if isURL {
		config, err = parseURL("mysql://" + rest)
	} else if config, err = driver.ParseDSN(dsn); err != nil {
		err = errDSN
	}
	if err != nil {
		return nil, err
	}
	// Whatever the DSN says, the traces need these: the number of rows that
	// changed, one statement at a time, and no driver that writes to the terminal.
	config.ClientFoundRows = false
	config.InterpolateParams = false
	config.MultiStatements = false
	config.ParseTime = false
	config.RejectReadOnly = false
	config.Logger = &driver.NopLogger{}
	return config, nil
}

func cutScheme(dsn string) (rest string, found bool) {
	for _, scheme := range []string{"mysql://", "mariadb://"} {
		if rest, found = strings.CutPrefix(dsn, scheme); found {
			return rest, true
		}
	}
	return dsn, false
}

// parseURL reads mysql://user:password@host:port/database?parameters. The
// parameters are the driver's own; socket=PATH reaches a server by its socket.
func parseURL(dsn string) (*driver.Config, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Opaque != "" || strings.Contains(strings.TrimPrefix(u.Path, "/"), "/") {
		return nil, errDSN
	}
	query := u.Query()
	socket := query.Get("socket")
	query.Del("socket")
	config, err := driver.ParseDSN("/?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("its parameters (after the question mark) are not those of the Go MySQL driver; %w", errDSN)
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	switch {
	case socket != "" && !filepath.IsAbs(socket):
		return nil, fmt.Errorf("its socket must be an absolute path; %w", errDSN)
	case socket != "":
		config.Net, config.Addr = "unix", socket
	default:
		host, port := u.Hostname(), u.Port()
		if host == "" {
			host = "127.0.0.1"
		}
		if port == "" {
			port = "3306"
		}
		config.Net, config.Addr = "tcp", net.JoinHostPort(host, port)
	}
	return config, nil
}
