package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/isocheck/isocheck/databases"
)

var (
	errDSN = errors.New("it should look like postgres://user:password@host:port/database or host=… port=… user=… dbname=…; " +
		"special characters of a URL's user and password are percent-encoded (%40 for @, %25 for %)")
	errNoHost   = errors.New("it names no host: say host=…, with what else there is, or service=…")
	errHostaddr = errors.New("it has both a host and a hostaddr, and isocheck takes one of them; hostaddr is for key=value pairs only")
)

// clientOnly are settings of libpq that the driver would send on to the server,
// which does not know them. None of them decides where to, or how safely.
var clientOnly = []string{
	"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
	"gssencmode", "gsslib", "gssdelegation", "sslcompression", "load_balance_hosts", "fallback_application_name",
}

// HasForm reports whether a DSN has one of PostgreSQL's forms: a URL, or
// key=value pairs with keys of libpq that name the host or a service. Whether it
// can be read is for Open to say.
func HasForm(dsn string) bool {
	if _, isURL := cutScheme(dsn); isURL {
		return true
	}
	_, err := pairsOf(dsn)
	return err == nil
}

// pairsOf reads key=value pairs that say where to. Without a host libpq takes
// the socket on this machine, which may be somebody else's server.
func pairsOf(dsn string) (map[string]string, error) {
	pairs, err := databases.ParsePairs(dsn)
	if err == nil && pairs["host"] == "" && pairs["hostaddr"] == "" && pairs["service"] == "" {
		err = errNoHost
	}
	return pairs, err
}

func cutScheme(dsn string) (rest string, found bool) {
	return databases.CutScheme(dsn, "postgres://", "postgresql://")
}

// parseDSN reads either form of DSN. Its errors never quote the DSN: what pgx
// says may hold a part of a password that was not escaped.
func parseDSN(dsn string) (*pgconn.Config, error) {
	addressed := false // by hostaddr, which pgx does not know
	if rest, isURL := cutScheme(dsn); isURL {
		if _, _, err := databases.CutUserinfo(rest); err != nil {
			return nil, err
		}
	} else {
		pairs, err := pairsOf(dsn)
		if err != nil {
			return nil, err
		}
		if _, named := pairs["host"]; !named && pairs["hostaddr"] != "" {
			dsn, addressed = "host='"+strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(pairs["hostaddr"])+"' "+dsn, true
		}
	}
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, reason(err)
	}
	if _, both := config.RuntimeParams["hostaddr"]; both && !addressed {
		return nil, errHostaddr
	}
	for _, name := range append([]string{"hostaddr"}, clientOnly...) {
		delete(config.RuntimeParams, name)
	}
	hosts := []string{config.Host}
	for _, f := range config.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	for _, host := range hosts {
		if err := databases.CheckHost(host); err != nil {
			return nil, err
		}
	}
	return config, nil
}

// reason returns what is wrong with a DSN, as far as that can be told without quoting it.
func reason(err error) error {
	for _, known := range [][2]string{
		{"sslmode is invalid", "its sslmode is none of disable, allow, prefer, require, verify-ca and verify-full"},
		{"failed to read service file", "the file of its service cannot be read"},
		{"unable to find service", "its service is not in the service file"},
		{"unable to read CA file", "its sslrootcert cannot be read"},
		{"unable to read sslkey", "its sslkey cannot be read"},
		{"unable to read cert", "its sslcert cannot be read"},
		{"invalid port", "its port is not a number from 1 to 65535; " + errDSN.Error()},
	} {
		if strings.Contains(err.Error(), known[0]) {
			return errors.New(known[1])
		}
	}
	return errDSN
}
