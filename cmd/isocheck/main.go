// Command isocheck finds out which isolation a database really gives: it runs
// concurrent clients against a real PostgreSQL, MySQL or MariaDB, records every
// operation, and proves from the record which anomalies happened.
//
// See isocheck --help.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}
