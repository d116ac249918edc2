package databases

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// encodingHint says how to write what a URL cannot hold as it is.
const encodingHint = "special characters of a URL's user and password are percent-encoded: %40 for @, %2F for /, %3F for ?, %23 for #, %25 for %"

// errUserinfo says that it is unclear where a URL's password ends. It quotes nothing of it.
var errUserinfo = errors.New("it is unclear where its user and password end and its host begins: " + encodingHint)

// CutScheme returns what follows the scheme of a DSN that is a URL with one of the schemes, such as "mysql://". Else it
// returns the DSN as it is, and false.
func CutScheme(dsn string, schemes ...string) (rest string, found bool) {
	for _, scheme := range schemes {
		if rest, found = strings.CutPrefix(dsn, scheme); found {
			return rest, true
		}
	}
	return dsn, false
}

// CutUserinfo splits what follows the scheme:// of a URL at the @ between
// user:password and the host, which stands before the first slash as libpq has
// it (PostgreSQL's documentation, 34.1.1.2, and conninfo_uri_parse_options). It
// fails where a password that was not percent-encoded may reach into what would
// be taken for the host, port or database, which messages show: more than one @
// before the slash, one behind it, or a question mark before it. The userinfo is
// "" where there is none. The error quotes nothing of the URL.
func CutUserinfo(rest string) (userinfo, place string, err error) {
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		slash = len(rest)
	}
	at := strings.LastIndexByte(rest, '@')
	switch {
	case at < 0:
		return "", rest, nil
	case at > slash, strings.ContainsAny(rest[:at], "@?"):
		return "", "", errUserinfo
	}
	return rest[:at], rest[at+1:], nil
}

// CheckHost fails for what can be no host: most often the part of a password
// behind a sign that was not escaped. The error does not quote it. A host is a
// name, an address, or the absolute path of a socket's folder.
func CheckHost(host string) error {
	if filepath.IsAbs(host) || !strings.ContainsAny(host, "@=&?#/\\()'\" \t\r\n\v\f\x00") {
		return nil
	}
	return fmt.Errorf("its host is no name or address: %s", encodingHint)
}

// CannotConnect is the error of an attempt to connect. It names the place, and
// the user and the database where the DSN does; the cause must be without a password.
func CannotConnect(product, place, user, database, cause string) error {
	as := ""
	if user != "" {
		as = fmt.Sprintf(" as user %q", user)
	}
	if database != "" {
		as += fmt.Sprintf(", database %q", database)
	}
	return fmt.Errorf("cannot connect to %s at %s%s: %s", product, place, as, cause)
}
