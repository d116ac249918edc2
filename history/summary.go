package history

// Summary is how a run went: how much was done, how fast, what failed. It does
// not count client 0, which sets the tables up and reads them at the end.
type Summary struct {
	// Start is when the first transaction began, in nanoseconds since the start of
	// the run; Duration lasts to the end of the last, in nanoseconds. These and all other times are 0 where the history has none.
	Start    int64 `json:"start"`
	Duration int64 `json:"duration"`
	// Rate is how many transactions committed in a second.
	Rate float64 `json:"rate"`
	// Setup is how many transactions client 0 ran.
	Setup int `json:"setup,omitempty"`
	// Replica is how many of the committed transactions ran on a replica.
	Replica int `json:"replica,omitempty"`
	Counts
	// Names are the same counts for each transaction name, in alphabetical order.
	Names []NameSummary `json:"names,omitempty"`
	// Bins are the same counts over time, by when transactions ended: at most
	// MaxBins, each BinWidth nanoseconds long, without gaps.
	BinWidth int64 `json:"binWidth"`
	Bins     []Bin `json:"bins,omitempty"`
}

// Counts counts transactions.
type Counts struct {
	Committed     int `json:"committed"`
	Aborted       int `json:"aborted"`
	Indeterminate int `json:"indeterminate"`
	// AbortedOnPurpose are those of Aborted that no error ended, and AbortedUnexplained those of which the history does not
	// say why: what others than isocheck recorded says only that they aborted.
	AbortedOnPurpose   int `json:"abortedOnPurpose"`
	AbortedUnexplained int `json:"abortedUnexplained,omitempty"`
	// Errors are the transactions that an error ended, by its class: the rest
	// of Aborted, and the indeterminate ones.
	Errors map[ErrorClass]int `json:"errors,omitempty"`
	// Retries are those that were another attempt of what had failed before, however they ended.
	Retries    int `json:"retries,omitempty"`
	Operations int `json:"operations"`
	// Latency is of the committed transactions, from BEGIN to the answer to COMMIT.
	Latency Latency `json:"latency"`
}

// Latency says how long something took, in nanoseconds. The percentiles are at
// most 2 % or a microsecond too high; Max is exact. All are 0 where nothing was counted.
type Latency struct {
	P50 int64 `json:"p50"`
	P95 int64 `json:"p95"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`
}

// NameSummary is the part of a Summary that is about transactions of one name.
type NameSummary struct {
	Name string `json:"name"`
	Counts
}

// Bin is the part of a Summary that is about one stretch of time.
type Bin struct {
	// Start is where it begins, in nanoseconds since the start of the run.
	Start int64 `json:"start"`
	// Rate is how many transactions committed in a second.
	Rate float64 `json:"rate"`
	Counts
}
