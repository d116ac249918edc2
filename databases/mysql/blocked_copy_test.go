package mysql

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rows of waitingMariaDB: session, transaction, locks, the transaction that it waits for, whether it is the asker's question.
func TestLockCopy(t *testing.T) {
	asker := []string{"1", "0", "0", "", "1"}
	tests := []struct {
		name string
		rows [][]string
		want map[int64][]int64
	}{
		{"an old copy", [][]string{{"1", "0", "0", "", "0"}, {"2", "20", "1", "30", "0"}, {"3", "30", "1", "", "0"}}, nil},
		{"nobody waits", [][]string{asker, {"2", "20", "1", "", "0"}}, map[int64][]int64{}},
		{"one waits", [][]string{asker, {"2", "20", "1", "30", "0"}, {"3", "30", "1", "", "0"}}, map[int64][]int64{2: {3}}},
		{
			"one of two that have not written has the lock, and the other waits itself",
			[][]string{asker, {"2", "20", "1", "0", "0"}, {"3", "0", "2", "", "0"}, {"4", "0", "1", "20", "0"}},
			map[int64][]int64{2: {3}, 4: {2}},
		},
		{
			"it can be either of two that have not written",
			[][]string{asker, {"2", "20", "1", "0", "0"}, {"3", "0", "2", "", "0"}, {"4", "0", "1", "", "0"}},
			map[int64][]int64{2: {3, 4}},
		},
		{
			"a circle that the server is about to break",
			[][]string{asker, {"2", "20", "1", "30", "0"}, {"3", "30", "1", "20", "0"}},
			map[int64][]int64{2: {3}, 3: {2}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readCopy(test.rows, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.waits()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
