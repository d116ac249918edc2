// Package memory is a database in memory that exists to be broken. It runs a random
// mix of transactions, at an isolation model of one's choice, and gives their history: at once, of any length,
// and the same for the same seed. Each rule by which the model is kept can be switched
// off by name, and the history then shows what the rule is there for.
//
// It is what checkers are tested and measured with:
//
//	config := memory.Config{Model: memory.SnapshotIsolation, Off: []memory.Rule{memory.FirstCommitterWins}, Txns: 1000}
//	findings, err := checker.Check(ctx, config, checker.Options{Expect: checker.SnapshotIsolation})
//
// Effects says what comes of switching each rule off, and within how many transactions.
// Named anomalies can also be planted into a history that is clean otherwise (Config.Plant).
//
// There are no goroutines and there is no real time. One scheduler draws which session takes
// its next step, and every step moves a clock on; so sessions overlap, block
// each other on locks, deadlock and fail as those of a real database do. Rows have
// versions, each with the number of the commit that made it visible; a reader sees those up to its snapshot.
package memory
