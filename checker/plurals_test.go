package checker

import "testing"

// Of one thing nothing speaks in the plural.
func TestPlurals(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{numbered(1, "transaction"), "1 transaction"},
		{numbered(0, "transaction"), "0 transactions"},
		{everyRead(1), "the only read"},
		{everyRead(5), "every one of 5 reads"},
		{allOf(1, "row"), "the only row"},
		{allOf(2, "row"), "all of 2 rows"},
		{timesSeen(1), "once"},
		{timesSeen(3), "3 times"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	f := &Findings{Closed: true, Counts: Counts{Committed: 1, Contended: 1}}
	_, doubts := verdict(f, nil)
	for _, d := range doubts {
		if d == "only 1 transaction committed, and fewer than 100 say little" {
			return
		}
	}
	t.Errorf("the doubts are %q", doubts)
}
