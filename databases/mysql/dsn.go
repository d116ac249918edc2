package mysql

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"github.com/isocheck/isocheck/databases"
)

var errDSN = errors.New("it should look like mysql://user:password@host:port/database or user:password@tcp(host:port)/database; " +
	"special characters of a URL's user and password are percent-encoded (%40 for @, %25 for %)")

// driverForm is the Go driver's form of DSN, with the place written out: where it
// is not, the driver takes a server on this machine. The driver, too, looks for
// the last slash, and for the last @ before it.
var driverForm = regexp.MustCompile(`(?s)^(?:.*@)?(?:tcp|unix)\(([^()]+)\)/[^/]*$`)

// HasForm reports whether a DSN has one of the forms for MySQL and MariaDB: a
// URL, or the Go driver's. Whether it can be read is for Open to say.
func HasForm(dsn string) bool {
	_, isURL := cutScheme(dsn)
	return isURL || driverForm.MatchString(dsn)
}

// parseDSN reads either form of DSN. Its errors never quote the DSN: what the
// parsers say may hold a part of a password that was not escaped.
func parseDSN(dsn string) (*driver.Config, error) {
	rest, isURL := cutScheme(dsn)
	var config *driver.Config
	var err error
	switch {
	case isURL:
		config, err = parseURL(rest)
	case !driverForm.MatchString(dsn):
		err = errDSN
	default:
		if config, err = driver.ParseDSN(dsn); err != nil {
			err = errDSN
		}
	}
	if err != nil {
		return nil, err
	}
	if config.Net == "tcp" {
		if err := checkAddress(config.Addr); err != nil {
			return nil, err
		}
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
	return databases.CutScheme(dsn, "mysql://", "mariadb://")
}

// checkAddress fails for what cannot be host:port.
func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return errDSN
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("its port is not a number from 1 to 65535; %w", errDSN)
	}
	return databases.CheckHost(host)
}

// parseURL reads user:password@host:port/database?parameters, which follows the
// scheme. The parameters are the driver's own; socket=PATH reaches a server by its socket.
func parseURL(rest string) (*driver.Config, error) {
	userinfo, place, err := databases.CutUserinfo(rest)
	if err != nil {
		return nil, err
	}
	name, secret, _ := strings.Cut(userinfo, ":")
	user, err := url.PathUnescape(name)
	password, err2 := url.PathUnescape(secret)
	if err != nil || err2 != nil {
		return nil, errDSN
	}
	u, err := url.Parse("mysql://" + place)
	if err != nil || u.Fragment != "" || strings.Contains(strings.TrimPrefix(u.Path, "/"), "/") {
		return nil, errDSN
	}
	query := u.Query()
	socket := query.Get("socket")
	query.Del("socket")
	config, err := driver.ParseDSN("/?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("its parameters (after the question mark) are not those of the Go MySQL driver; %w", errDSN)
	}
	config.User, config.Passwd = user, password
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
