package databases

// Feature is something that workloads may need and that not every product has.
type Feature string

// The features.
const (
	Deferrable    Feature = "deferrable"     // BEGIN … READ ONLY, DEFERRABLE
	UpsertWhere   Feature = "upsert-where"   // an Upsert that may leave the row as it is
	UpsertUnique  Feature = "upsert-unique"  // an Upsert into a table with unique columns
	AdvisoryLocks Feature = "advisory-locks" // locks that belong to no row
	SkipLocked    Feature = "skip-locked"
	NoWait        Feature = "nowait"
	ForShare      Feature = "for-share"
	Savepoints    Feature = "savepoints"
	ReadOnly      Feature = "read-only"        // BEGIN … READ ONLY
	Checks        Feature = "check-constraint" // CHECK (column >= 0)
)

// Features returns all features.
func Features() []Feature {
	return []Feature{Deferrable, UpsertWhere, UpsertUnique, AdvisoryLocks, SkipLocked, NoWait, ForShare, Savepoints, ReadOnly, Checks}
}

// Supports reports whether the product (postgres, mysql, mariadb) has the feature, in the versions that isocheck
// supports. It has every feature but those named here.
func Supports(product string, feature Feature) bool {
	switch feature {
	case Deferrable, UpsertUnique: // ON DUPLICATE KEY UPDATE cannot say which key's duplicate it means
		return product == "postgres"
	default:
		return true
	}
}
