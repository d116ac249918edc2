package databases

import (
	"fmt"

	"github.com/isocheck/isocheck/history"
)

// ReplicaRuns reports whether replicas of the product (postgres, mysql, mariadb) run
// transactions at the level. PostgreSQL's do not at serializable: see its manual's
// section "Hot Standby", under caveats.
func ReplicaRuns(product string, level history.Level) bool {
	return product != "postgres" || level != history.Serializable
}

// ReplicaPromise returns what is left of a promise for clients that write to the server and
// read on a replica of it. Order in time, and a client's own, is promised by no level, so that a
// replica may be late. But PostgreSQL's may also show two commits that do not depend on each other in another
// order than the primary does: the replica shows them in the order of the log, and the primary
// in that in which their sessions finish, a moment later. What its manual promises of a
// replica is a snapshot in which each transaction is there whole with all that it depends on, which is consistent view.
func ReplicaPromise(server Server, p Promise) Promise {
	if server.Product != "postgres" || p.Model != "snapshot-isolation" && p.Model != "serializable" {
		return p
	}
	major, _ := majorMinor(server.Version)
	return Promise{
		Model:   "consistent-view",
		Source:  fmt.Sprintf("https://www.postgresql.org/docs/%d/hot-standby.html#HOT-STANDBY-USERS", major),
		Summary: "a snapshot of the replica has whole transactions, each with what it depends on; others may have been seen in another order on the primary",
	}
}
