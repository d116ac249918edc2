package databases

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/isocheck/isocheck/history"
)

var namespaces = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// CheckNamespace reports whether a name can be that of isocheck's own schema or
// database: small letters, digits and underscores, so that no dialect folds or
// quotes it, and no longer than 63 bytes, where PostgreSQL cuts names off.
func CheckNamespace(name string) error {
	if !namespaces.MatchString(name) {
		return fmt.Errorf("%q cannot be a namespace's name: it takes 1 to 63 small letters, digits and underscores, a letter first", name)
	}
	return nil
}

// CheckTables reports what is wrong with a workload's tables: two columns of one
// name, or of a name that every traced table uses itself, a column number that is none.
func CheckTables(tables []history.Table) error {
	names := map[string]bool{}
	for _, t := range tables {
		if t.Name == "" || names[t.Name] {
			return fmt.Errorf("two tables, or a table without a name: %q", t.Name)
		}
		names[t.Name] = true
		columns := map[string]bool{"id": true, "version": true, "previous": true}
		for _, c := range t.Columns {
			if c.Name == "" || columns[c.Name] {
				return fmt.Errorf("table %s: the column name %q is empty, used twice, or one that isocheck needs (id, version, previous)", t.Name, c.Name)
			}
			if c.Type != history.Int && c.Type != history.Text {
				return fmt.Errorf("table %s: column %s is neither an integer nor a text", t.Name, c.Name)
			}
			columns[c.Name] = true
		}
		for _, numbers := range [][]int{t.Indexes, t.Unique, t.NotNegative} {
			for _, n := range numbers {
				if uint(n) >= uint(len(t.Columns)) {
					return fmt.Errorf("table %s: there is no column %d to index or check", t.Name, n)
				}
			}
		}
	}
	return nil
}

// HostPort returns where a server is, as people write it: host:port, or the path of a socket.
func HostPort(host string, port uint16) string {
	if filepath.IsAbs(host) {
		return host + " (port " + strconv.Itoa(int(port)) + ")"
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
