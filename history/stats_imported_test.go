package history

import "testing"

// What others than isocheck recorded does not say why a transaction aborted, and where it has no times, neither how long
// anything took.
func TestSummaryOfImported(t *testing.T) {
	for _, c := range []struct {
		name                  string
		database, times       string
		purposely, inexplicit int
		duration              int64
	}{
		{"recorded", "postgres", "", 1, 0, 40},
		{"imported", "", "", 0, 1, 40},
		{"imported without times", "", "places in the file", 0, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := Header{Database: c.database, Params: map[string]string{}}
			if c.times != "" {
				h.Params[TimesParam] = c.times
			}
			s := NewStats(&h)
			for _, txn := range []Transaction{ended(1, "", 10, 30, Committed, ""), ended(1, "", 20, 50, Aborted, "")} {
				s.Add(&txn)
			}
			got := s.Summary()
			if got.AbortedOnPurpose != c.purposely || got.AbortedUnexplained != c.inexplicit || got.Duration != c.duration || (got.Latency.Max > 0) != (c.duration > 0) {
				t.Errorf("%d aborted on purpose, %d unexplained, in %d ns, the slowest %d", got.AbortedOnPurpose, got.AbortedUnexplained, got.Duration, got.Latency.Max)
			}
		})
	}
}
