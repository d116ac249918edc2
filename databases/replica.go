package databases

import "github.com/isocheck/isocheck/history"

// ReplicaRuns reports whether replicas of the product (postgres, mysql, mariadb) run
// transactions at the level. PostgreSQL's do not at serializable: see its manual's
// section "Hot Standby", under caveats.
func ReplicaRuns(product string, level history.Level) bool {
	return product != "postgres" || level != history.Serializable
}
