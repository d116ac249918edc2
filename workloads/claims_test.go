package workloads_test

// What is claimed of a strategy at one level of one database.
const (
	safe    = 's' // its invariants hold
	unsafe  = 'u' // one of them is broken, sooner rather than later
	either  = '?' // one of them may be broken, but hardly ever is
	missing = '-' // there is no such strategy there
)

// claims are what is claimed of one strategy: for each database a letter for each level, weakest first.
type claims struct{ postgres, innodb string }

func (c claims) of(product string) string {
	if product == "postgres" {
		return c.postgres
	}
	return c.innodb
}

// claimed is what the manuals, and the reasons below, let one expect of every
// strategy. It is here to be tested, and nobody else's to use.
//
// PostgreSQL's read uncommitted is read committed. Everything that reads what
// is not committed may go wrong at InnoDB's. At InnoDB's repeatable read plain reads see a
// snapshot, and writes the newest rows: what is read first and written then can be stale.
var claimed = map[string]claims{
	"counter/plain":              {"uuss", "uuus"},
	"counter/atomic":             {"ssss", "ssss"},
	"counter/for-update":         {"ssss", "ssss"},
	"counter/for-share":          {"ssss", "ssss"},
	"counter/nowait":             {"ssss", "ssss"},
	"counter/optimistic":         {"ssss", "ssss"},
	"counter/advisory-lock":      {"ssss", "ssss"},
	"counter/serializable-retry": {"ssss", "ssss"},

	// All accounts are read in one statement: at read committed that is one snapshot.
	"bank/plain":                {"uuss", "uuus"},
	"bank/plain-check":          {"uuss", "uuus"},
	"bank/atomic":               {"ssss", "usss"},
	"bank/atomic-check":         {"ssss", "usss"},
	"bank/for-update":           {"ssss", "?sss"},
	"bank/for-update-unordered": {"ssss", "usss"},
	"bank/nowait":               {"ssss", "usss"},
	"bank/optimistic":           {"ssss", "usss"},
	"bank/savepoint":            {"ssss", "usss"},
	"bank/slow-inside":          {"ssss", "?sss"},
	"bank/slow-outside":         {"ssss", "usss"},
	"bank/serializable-retry":   {"ssss", "ssss"},
	"bank/deferrable":           {"ssss", "----"},

	// Locks on the rows of a group keep no new ones out, but for InnoDB's gap locks from repeatable read on.
	"predicate/plain":              {"uuss", "uuss"},
	"predicate/for-update":         {"uuss", "?uss"},
	"predicate/for-share":          {"uuss", "?uss"},
	"predicate/serializable-retry": {"ssss", "ssss"},

	// Snapshot isolation does not see write skew.
	"on-call/plain":              {"uuus", "uuus"},
	"on-call/for-update":         {"ssss", "?sss"},
	"on-call/conflict-row":       {"ssss", "?sss"},
	"on-call/serializable-retry": {"ssss", "ssss"},

	// On PostgreSQL the statement that waits for a lock takes the snapshot before it waits, so that
	// who gets the lock does not see what the one before has done. InnoDB takes it at the first plain
	// read, so that who has looked before does not see why the insert is refused.
	"claim/plain":              {"uuus", "uuus"},
	"claim/unique":             {"ssss", "?sss"},
	"claim/do-nothing":         {"ssss", "ssss"},
	"claim/look-do-nothing":    {"ssss", "ssus"},
	"claim/upsert":             {"ssss", "ssss"},
	"claim/upsert-where":       {"ssss", "ssss"},
	"claim/for-update":         {"ssus", "?sss"},
	"claim/parent-write":       {"ssss", "?sss"},
	"claim/serializable-retry": {"ssss", "ssss"},

	"queue/plain":       {"uuss", "uuus"},
	"queue/for-update":  {"ssss", "ssss"},
	"queue/skip-locked": {"ssss", "ssss"},
	"queue/nowait":      {"ssss", "ssss"},

	"inventory/plain":              {"uuss", "uuus"},
	"inventory/check-then-deduct":  {"uuss", "uuus"},
	"inventory/atomic":             {"ssss", "ssss"},
	"inventory/for-update":         {"ssss", "ssss"},
	"inventory/optimistic":         {"ssss", "?sss"},
	"inventory/slow-inside":        {"ssss", "ssss"},
	"inventory/slow-outside":       {"ssss", "ssss"},
	"inventory/serializable-retry": {"ssss", "ssss"},

	// Their invariant is that no level breaks its promise.
	"append/plain":                {"ssss", "ssss"},
	"append/in-place":             {"ssss", "ssss"},
	"append/secondary-key":        {"ssss", "ssss"},
	"append/for-update":           {"ssss", "ssss"},
	"append/serializable-retry":   {"ssss", "ssss"},
	"register/plain":              {"ssss", "ssss"},
	"register/for-update":         {"ssss", "ssss"},
	"register/serializable-retry": {"ssss", "ssss"},
}
